#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "thaw/features/feature_walk.h"
#include "thaw/runtime/engine.h"
#include "thaw/train/fit_options.h"

namespace thaw {

/// The images of a dataset that can be read, and what the layers above the frozen ones get of them.
struct PassedImages {
  std::vector<int64_t> usable;       ///< as the first view of each
  std::vector<std::string> dropped;  ///< why each of the others cannot be read
  std::unique_ptr<FeatureWalk> walk;
};

/// Runs what is frozen, once for all epochs; of `options` cache_bytes, stop and callbacks count,
/// which are told with `control`. `kept` and `data` must outlive the walk. nullopt: it was stopped.
std::optional<PassedImages> pass_over(Engine& engine, const Dataset& data,
                                      const std::shared_ptr<FrozenLayers>& frozen,
                                      KeptFeatures& kept, bool keep, const FitOptions& options,
                                      TrainingControl& control);

}  // namespace thaw
