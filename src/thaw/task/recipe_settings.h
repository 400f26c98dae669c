#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "thaw/recipe/recipe.h"

namespace thaw {

class OptionList;

/// How many of the last layers of the base's network are fine-tuned.
struct Unfreeze {
  std::optional<int64_t> layers = 5;   ///< 0: none, without fine-tuning; unset: all of the base
  std::optional<int64_t> blocks = {};  ///< so many of the last blocks instead (graph/blocks.h)
  /// Whether somebody said so: then more than the network has is an error. Of a network of fewer
  /// layers than the default, all are meant.
  bool is_asked = false;

  Unfreeze() = default;
  Unfreeze(std::optional<int64_t> count) : layers(count), is_asked(true) {}
  Unfreeze(int count) : Unfreeze(std::optional<int64_t>(count)) {}
};

/// Which epoch's weights a stage ends with: its last, as in Keras, or that of the lowest val_loss
/// (of the lowest loss where nothing is validated).
enum class KeptEpoch { last, best };

/// The recipe's two stages: feature extraction with all of the base frozen, then fine-tuning.
struct RecipeSettings {
  int64_t batch_size = 32;
  int epochs = 5;  ///< of feature extraction; 0: it is left out
  double learning_rate = 1e-3;
  Unfreeze unfreeze = {};
  int fine_tune_epochs = 5;
  double fine_tune_learning_rate = 1e-4;
  /// What stands before the last Dense of a new head, as hidden_layers() reads it.
  std::string head = {};
  std::string optimizer = "adam";
  /// As StageOptions has them, of both stages; `layer_decay` of fine-tuning alone.
  ScheduleKind schedule = ScheduleKind::constant;
  std::optional<double> warmup = {};
  double layer_decay = 1;
  std::optional<double> ema = {};
  /// Keras's name; unset: categorical_crossentropy.
  std::optional<std::string> loss = {};
  std::vector<std::string> metrics = {"accuracy"};
  /// "balanced", or a JSON file of a number a class (class_weight.h); empty: all count the same.
  std::string class_weight = {};
  KeptEpoch keep = KeptEpoch::last;
  /// Each as make_callback() reads it.
  std::vector<std::string> callbacks = {};

  void describe(OptionList& options);
  /// The recipe that they describe. Throws UsageError for a name that is not known.
  RecipeOptions recipe() const;
};

/// Checks that each is a metric's name, with or without the targets known. Throws UsageError.
void check_metrics(const std::vector<std::string>& names);
/// "accuracy, auc, …": for help.
std::string metric_names();

}  // namespace thaw
