#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "thaw/core/error.h"
#include "thaw/core/tensor.h"

namespace thaw {

/// Samples, mostly images, that are read one by one, in any order and by several threads at once.
/// Every `index` must lie in [0, size()), and every `values` hold just the elements of the shape
/// that is named.
class Dataset {
 public:
  virtual ~Dataset() = default;
  /// The number of samples.
  virtual int64_t size() const = 0;
  /// The shape of one sample, without the batch axis: (height, width, 3) for images.
  virtual const Shape& input_shape() const = 0;
  /// The classes that labels stand for; empty when samples have no labels.
  virtual const std::vector<std::string>& class_names() const = 0;
  /// The sample's class, an index into class_names(); −1 when it has none.
  virtual int64_t label(int64_t index) const = 0;
  /// Writes the sample, of input_shape(), to `values`, ready for the network. Throws Error naming
  /// the sample when it cannot be read.
  virtual void load(int64_t index, std::span<float> values) const = 0;
  /// load() without the preprocessing: RGB pixels of 0 … 255 for images.
  virtual void load_pixels(int64_t index, std::span<float> values) const { load(index, values); }
  /// The preprocessing, in place: load() is load_pixels() and then preprocess().
  virtual void preprocess(std::span<float> /*values*/) const {}
  /// How many samples stand side by side for each image: the image itself and altered views of it.
  /// Samples views()·i … views()·(i + 1) − 1 are those of image i, the unaltered one first. An
  /// epoch of training visits one of them, validation always the first.
  virtual int64_t views() const { return 1; }
  /// For a dataset that alters its samples anew in each epoch: the samples of one epoch of a
  /// training with this seed, which need not be cached, as no other epoch has them. It borrows this
  /// dataset. nullptr for all other datasets.
  virtual std::unique_ptr<const Dataset> at_epoch(uint64_t /*seed*/, int64_t /*epoch*/) const {
    return nullptr;
  }
  /// The shape of one target that is given as numbers; rank 0 when there are labels only.
  virtual Shape target_shape() const { return {}; }
  /// Writes the sample's target, of target_shape(), to the values.
  virtual void target(int64_t /*index*/, std::span<float> /*values*/) const {}
  /// How much the sample counts in a loss, as Keras's sample_weight: 0 or more.
  virtual double weight(int64_t /*index*/) const { return 1; }
  /// A text that covers everything that load() depends on, so that samples of equal keys have equal
  /// values: caches of features keep a sample under it. Empty when the sample must not be cached.
  virtual std::string content_key(int64_t /*index*/) const { return {}; }

  /// Shared with this object's copies, which hold the same samples, and with no other dataset,
  /// whether that lives at the same time or at the same address later.
  const std::shared_ptr<const void>& identity() const { return identity_; }

 private:
  std::shared_ptr<const void> identity_ = std::make_shared<char>();
};

}  // namespace thaw
