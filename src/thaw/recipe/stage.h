#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "thaw/train/history.h"
#include "thaw/train/learning_rate_schedule.h"

namespace thaw {

/// One round of the recipe: what trains, how fast, for how long.
struct StageOptions {
  std::string name;
  int epochs = 5;  ///< 0: the stage is left out
  double learning_rate = 1e-3;
  /// How many of the last layers of the base's network (network_of()) train beside the head,
  /// layers[-n:], as Keras counts them; nothing: all of the base.
  std::optional<int64_t> unfreeze = 0;
  /// Of a network of fewer layers all are meant; else that is an error.
  bool at_most = false;
  /// How many of the last blocks (blocks_of()) instead: it becomes `unfreeze` of their layers.
  std::optional<int64_t> unfreeze_blocks = {};
  /// How the learning rate goes over the stage's steps, and the part of them in which it rises
  /// first (LearningRateSchedule).
  ScheduleKind schedule = ScheduleKind::constant;
  std::optional<double> warmup = {};
  /// The learning rate of the last block of the base's network (blocks_of()) is learning_rate, of
  /// each block below it this much times that of the one above; above 0 to 1. The head's is
  /// learning_rate.
  double layer_decay = 1;
  /// The momentum of a moving average of the weights, which they become at the stage's end:
  /// OptimizerCommon's use_ema and ema_momentum; unset: none.
  std::optional<double> ema = {};
};

struct EpochReport {
  Logs logs;  ///< "loss", "accuracy", "val_loss", …
  double seconds = 0;
};

/// What became of a stage.
struct StageReport {
  StageOptions options;
  std::optional<size_t> place = {};  ///< among the recipe's stages; unset: not known
  std::string optimizer;
  int64_t trainable_parameters = 0;
  std::vector<EpochReport> epochs;
  Logs averaged = {};  ///< History::averaged
  double seconds = 0;
};

}  // namespace thaw
