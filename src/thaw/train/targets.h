#pragma once

#include <map>

#include "thaw/data/dataset.h"
#include "thaw/train/loss.h"

namespace thaw {

/// Every sample's target as the loss wants it, and its weight.
struct Targets {
  Tensor values;               ///< [samples, columns]
  std::vector<float> weights;  ///< empty: 1 each
};

/// A sample's weight is its own (Dataset::weight()), times that of its class where one is given.
/// From labels: class numbers for sparse losses and single outputs, else one-hot of `columns`.
/// Throws Error when labels or targets do not fit the model's output.
Targets make_targets(const Dataset& data, const LossType& loss, int64_t columns,
                     const std::map<int64_t, double>& class_weight);

}  // namespace thaw
