#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "thaw/core/tensor.h"
#include "thaw/train/model.h"

namespace thaw {

/// What the frozen layers of a model give for the images of a dataset.
struct FrozenFeatures {
  /// [views·images, columns]: the cut's values side by side. Row v·images + i is view v of image i;
  /// view 0 is the image itself.
  Tensor values;
  std::vector<int64_t> samples;      ///< the images, as the first view of each, ascending
  std::vector<std::string> dropped;  ///< why each of the others cannot be read
};

/// Computes them, or takes them from where they are kept, as a fit with these options would: of
/// these cache, cache_bytes, features, stop and callbacks (on_features()) count. The bits are those
/// that fit gets. nullopt where it was stopped. Throws Error when no sample can be read.
std::optional<FrozenFeatures> frozen_features(const Model& model, Engine& engine,
                                              const Dataset& data, const FitOptions& options);

}  // namespace thaw
