#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/recipe/stage.h"
#include "thaw/train/train_state.h"

namespace thaw {

struct CheckpointOptions {
  std::filesystem::path path;
  /// All that the run's result depends on, by name: a map.
  Config settings;
  /// The values that hold unless they are given. A checkpoint that does not have a setting, since
  /// it is of a version that had no such option, was made with this one.
  Config usual_settings = Config::Map{};
  bool resume = false;  ///< go on from the file, if it is there
};

/// A recipe's state between two steps.
struct Checkpoint {
  Config settings;
  std::vector<StageReport> stages;  ///< the running one last
  TrainState train;                 ///< of the running stage
};

/// Writes a .safetensors file, whole or not at all.
void save_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& path);
/// Throws Error when the file is no checkpoint or a damaged one.
Checkpoint load_checkpoint(const std::filesystem::path& path);
/// Throws UsageError naming the first setting that differs between `run` and the `kept` settings of
/// a checkpoint, with both values.
void require_same_settings(const CheckpointOptions& run, const Config& kept);

}  // namespace thaw
