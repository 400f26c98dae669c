#pragma once

#include <memory>

#include "thaw/data/dataset.h"

namespace thaw {

/// What the views of the images of another dataset have in common: shape, classes, labels, targets,
/// weights and preprocessing are the image's. A view is made of the pixels of 0 … 255, before
/// preprocessing.
class DatasetOfViews : public Dataset {
 public:
  const Shape& input_shape() const final { return images_.input_shape(); }
  const std::vector<std::string>& class_names() const final { return images_.class_names(); }
  int64_t label(int64_t index) const final { return images_.label(image_of(index)); }
  double weight(int64_t index) const final { return images_.weight(image_of(index)); }
  Shape target_shape() const final { return images_.target_shape(); }
  void target(int64_t index, std::span<float> values) const final {
    images_.target(image_of(index), values);
  }
  void preprocess(std::span<float> values) const final { images_.preprocess(values); }
  void load(int64_t index, std::span<float> values) const final {
    load_pixels(index, values);
    preprocess(values);
  }

 protected:
  /// Borrows `images`. Throws UsageError unless they are colour or grey images: of shape
  /// (height, width, 3), (height, width, 1) or (height, width).
  explicit DatasetOfViews(const Dataset& images);
  const Dataset& images() const { return images_; }
  /// Which of the images sample `index` is a view of.
  virtual int64_t image_of(int64_t index) const = 0;

 private:
  const Dataset& images_;
};

enum class Views {
  flipped,  ///< the image unaltered and mirrored
  seeded,   ///< the image unaltered and by seeded_view()
};

struct AugmentOptions {
  Views kind = Views::seeded;
  /// How many there are of each image, the unaltered one included; 2 for Views::flipped. View n is
  /// the same however many there are.
  int64_t views = 8;
  uint64_t seed = 1;  ///< of the random views
};

/// Several views of each image, which stay the same in every epoch, so that their features can be
/// cached: sample image · views + n is view n of that image, and view 0 the image unaltered.
class AugmentedDataset : public DatasetOfViews {
 public:
  /// Borrows `images`. Throws UsageError unless they are colour or grey images and there are two
  /// views or more.
  AugmentedDataset(const Dataset& images, const AugmentOptions& options);
  ~AugmentedDataset() override;

  int64_t size() const override { return images().size() * options_.views; }
  int64_t views() const override { return options_.views; }
  void load_pixels(int64_t index, std::span<float> values) const override;
  /// The image's key, and behind it which view this is, unless it is the unaltered one.
  std::string content_key(int64_t index) const override;

 private:
  struct Recent;
  int64_t image_of(int64_t index) const override { return index / options_.views; }

  AugmentOptions options_;
  /// The last images read: the views of one image are mostly asked for one after another, and
  /// reading it takes longer than making any of them.
  std::unique_ptr<Recent> recent_;
};

/// A new seeded view of each image in each epoch of a training; outside of training, the images
/// unaltered.
class RandomlyAugmentedDataset : public DatasetOfViews {
 public:
  /// Borrows `images`. Throws UsageError unless they are colour or grey images.
  RandomlyAugmentedDataset(const Dataset& images, uint64_t seed);

  int64_t size() const override { return images().size(); }
  void load_pixels(int64_t index, std::span<float> values) const override;
  /// The image's key while it is unaltered. Empty for the views of an epoch: no other epoch has
  /// them.
  std::string content_key(int64_t index) const override;
  std::unique_ptr<const Dataset> at_epoch(uint64_t seed, int64_t epoch) const override;

 private:
  int64_t image_of(int64_t index) const override { return index; }

  uint64_t seed_;
  uint64_t view_ = 0;  ///< the number of the view that is shown; 0: the image unaltered
};

}  // namespace thaw
