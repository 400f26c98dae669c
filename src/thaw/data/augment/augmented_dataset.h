#pragma once

#include <memory>

#include "thaw/data/dataset.h"

namespace thaw {

enum class Views {
  flipped,  ///< the plain picture and its mirror image
  seeded,   ///< the plain picture and seeded_view() of it
};

struct AugmentOptions {
  Views kind = Views::seeded;
  /// How many there are of each picture, the plain one among them. The n-th is the same whatever
  /// their number. With Views::flipped: 2.
  int64_t views = 8;
  uint64_t seed = 1;
};

/// Several views of each picture as samples of their own, next to each other: sample = picture ·
/// views + view. They are shaped before the preprocessing, when pixels are 0 … 255.
class AugmentedDataset : public Dataset {
 public:
  /// Borrows `pictures`. Throws UsageError unless samples are of shape [height, width, 3] and there
  /// are two views or more.
  AugmentedDataset(const Dataset& pictures, const AugmentOptions& options);
  ~AugmentedDataset() override;

  int64_t size() const override { return pictures_.size() * options_.views; }
  int64_t views() const override { return options_.views; }
  const Shape& input_shape() const override { return pictures_.input_shape(); }
  const std::vector<std::string>& class_names() const override { return pictures_.class_names(); }
  int64_t label(int64_t index) const override { return pictures_.label(index / options_.views); }
  Shape target_shape() const override { return pictures_.target_shape(); }
  void target(int64_t index, std::span<float> values) const override {
    pictures_.target(index / options_.views, values);
  }
  void load(int64_t index, std::span<float> values) const override;
  void load_pixels(int64_t index, std::span<float> values) const override;
  void preprocess(std::span<float> values) const override { pictures_.preprocess(values); }
  /// Of a plain picture, the picture's own.
  std::string content_key(int64_t index) const override;

 private:
  struct Recent;
  const Dataset& pictures_;
  AugmentOptions options_;
  /// Views of one picture are mostly asked for together, and reading it takes longer than any view.
  std::unique_ptr<Recent> recent_;
};

/// A new seeded view of each picture in each epoch of a training; else the plain pictures.
class RandomlyAugmentedDataset : public Dataset {
 public:
  /// Borrows `pictures`. Throws UsageError unless samples are of shape [height, width, 3].
  RandomlyAugmentedDataset(const Dataset& pictures, uint64_t seed);

  int64_t size() const override { return pictures_.size(); }
  const Shape& input_shape() const override { return pictures_.input_shape(); }
  const std::vector<std::string>& class_names() const override { return pictures_.class_names(); }
  int64_t label(int64_t index) const override { return pictures_.label(index); }
  Shape target_shape() const override { return pictures_.target_shape(); }
  void target(int64_t index, std::span<float> values) const override {
    pictures_.target(index, values);
  }
  void load(int64_t index, std::span<float> values) const override;
  void load_pixels(int64_t index, std::span<float> values) const override;
  void preprocess(std::span<float> values) const override { pictures_.preprocess(values); }
  /// The picture's own for plain pictures; none for an epoch's: it is not met again.
  std::string content_key(int64_t index) const override;
  std::unique_ptr<const Dataset> at_epoch(uint64_t seed, int64_t epoch) const override;

 private:
  const Dataset& pictures_;
  uint64_t seed_;
  uint64_t view_ = 0;  ///< its number; 0: plain
};

}  // namespace thaw
