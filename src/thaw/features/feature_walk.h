#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "thaw/features/frozen_layers.h"
#include "thaw/features/kept_features.h"

namespace thaw {

/// Hands out the features of a dataset's samples in the order of an epoch. Whether they are kept or
/// computed each time, a sample runs through the frozen layers in a batch of the same size, so the
/// bits agree.
class FeatureWalk {
 public:
  virtual ~FeatureWalk() = default;
  /// Begins anew, over samples of images that can be read. `data`, if given, has them in the place
  /// of the dataset that the walk was made for (see Dataset::at_epoch()); not where they are kept.
  virtual void start(std::vector<int64_t> order, std::unique_ptr<const Dataset> data = nullptr) = 0;
  /// Fills the first `rows` rows of each tensor of the cut from the next samples of the order.
  /// Throws Error for a sample that cannot be read.
  virtual void next(int64_t rows, std::span<Tensor> features) = 0;
};

/// Reads what is kept. `rows` must outlive the walk and have all that is asked for.
std::unique_ptr<FeatureWalk> walk_of_kept(FeatureRows& rows);
/// Computes each epoch anew, at the target of `frozen`. `data` and `threads` must outlive the walk.
std::unique_ptr<FeatureWalk> walk_that_computes(const Dataset& data,
                                                std::shared_ptr<FrozenLayers> frozen,
                                                Threads& threads);

}  // namespace thaw
