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
  /// What some of the settings stand for, by their names: each a list of texts, of which the part
  /// before the last space is a name. With it, a difference is told entry by entry.
  Config lists = Config::Map{};
  bool resume = false;  ///< go on from the file, if it is there
  /// What stays free on the disk for the model: a state that would take it is not written while the
  /// run goes on.
  int64_t leaves_bytes = 0;
};

/// A recipe's state between two steps.
struct Checkpoint {
  Config settings;
  Config lists = Config::Map{};     ///< as CheckpointOptions::lists
  std::vector<StageReport> stages;  ///< the running one last
  TrainState train;                 ///< of the running stage
};

/// What its numbers take on the disk.
int64_t state_bytes(const Checkpoint& checkpoint);

/// Writes a .safetensors file, whole or not at all, with checksums of all that it holds.
void save_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& path);
/// Throws Error when the file is no checkpoint, or not just what was written: every tensor and
/// every number is under a checksum. Those of earlier versions (1) have none.
Checkpoint load_checkpoint(const std::filesystem::path& path);
/// Throws UsageError naming the first setting that differs between `run` and the `kept` settings of
/// a checkpoint, with both values, or what changed in its list.
void require_same_settings(const CheckpointOptions& run, const Config& kept,
                           const Config& kept_lists = Config::Map{});

}  // namespace thaw
