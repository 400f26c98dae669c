#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "thaw/features/disk/feature_folder.h"

namespace thaw {

/// Memory for features at one cut: one row of floats a sample (see feature_row.h).
class FeatureStore {
 public:
  virtual ~FeatureStore() = default;
  virtual std::span<float> row(int64_t sample) = 0;
  virtual int64_t memory_bytes() const = 0;  ///< 0 for one on disk
};

/// In memory where all of it takes at most `budget_bytes`, else in an unnamed file in the folder;
/// nullptr when there is neither memory nor disk for it, with what is to stay free there.
std::unique_ptr<FeatureStore> make_feature_store(int64_t samples, int64_t row_floats,
                                                 int64_t budget_bytes, const FeatureFolder* folder);

/// A third of the memory that the machine, or this process's control group, can still give.
int64_t default_feature_budget();

}  // namespace thaw
