#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "thaw/core/tensor.h"

namespace thaw {

/// Keeps what the frozen layers give for each sample: one row of floats a boundary tensor.
class FeatureStore {
 public:
  virtual ~FeatureStore() = default;
  virtual void put(int64_t sample, size_t boundary, std::span<const float> row) = 0;
  virtual void get(int64_t sample, size_t boundary, std::span<float> row) const = 0;
};

/// In memory; nullptr when that would take more than `budget_bytes`.
std::unique_ptr<FeatureStore> memory_features(int64_t samples, std::span<const Shape> boundaries,
                                              int64_t budget_bytes);

/// A third of the memory that the machine can still give.
int64_t default_feature_budget();

}  // namespace thaw
