#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "thaw/core/error.h"
#include "thaw/core/tensor.h"

namespace thaw {

/// Samples that can be read in any order, by several threads at once.
class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual int64_t size() const = 0;
  /// Of one sample, without the batch axis.
  virtual const Shape& input_shape() const = 0;
  virtual const std::vector<std::string>& class_names() const = 0;
  /// The class number of a sample; −1 when samples have targets only.
  virtual int64_t label(int64_t index) const = 0;
  /// Fills `values` with the sample; throws Error naming it when it cannot be read.
  virtual void load(int64_t index, std::span<float> values) const = 0;
  /// load() before the preprocessing: of pictures, RGB of 0 … 255.
  virtual void load_pixels(int64_t index, std::span<float> values) const { load(index, values); }
  /// What load() makes of load_pixels().
  virtual void preprocess(std::span<float> /*values*/) const {}
  /// So many samples in a row are views of one picture, the plain one first. An epoch of training
  /// visits one of them, validation the first.
  virtual int64_t views() const { return 1; }
  /// The samples as one epoch of a training with this seed sees them, where each epoch sees others
  /// (which it is then no use to keep); else nullptr. Borrows this.
  virtual std::unique_ptr<const Dataset> at_epoch(uint64_t /*seed*/, int64_t /*epoch*/) const {
    return nullptr;
  }
  /// Of one explicit target; rank 0 when labels are all there is.
  virtual Shape target_shape() const { return {}; }
  virtual void target(int64_t /*index*/, std::span<float> /*values*/) const {}
  /// A name for all that load() depends on: equal keys, equal values. Empty when there is none.
  virtual std::string content_key(int64_t /*index*/) const { return {}; }
};

}  // namespace thaw
