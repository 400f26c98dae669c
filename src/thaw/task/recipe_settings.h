#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "thaw/recipe/recipe.h"

namespace thaw {

class OptionList;

/// The recipe's two stages: feature extraction with all of the base frozen, then fine-tuning.
struct RecipeSettings {
  int64_t batch_size = 32;
  int epochs = 5;  ///< of feature extraction; 0: it is left out
  double learning_rate = 1e-3;
  /// How many of the last layers of the base's network are fine-tuned; 0: none, which leaves
  /// fine-tuning out; unset: all. Of a smaller network than the default all are; any other number
  /// that is too large is an error.
  std::optional<int64_t> unfreeze = 5;
  int fine_tune_epochs = 5;
  double fine_tune_learning_rate = 1e-4;
  std::string optimizer = "adam";
  /// Keras's name; unset: categorical_crossentropy.
  std::optional<std::string> loss = {};
  std::vector<std::string> metrics = {"accuracy"};

  void describe(OptionList& options);
  /// The recipe that they describe. Throws UsageError for a name that is not known.
  RecipeOptions recipe() const;
};

/// Checks that each is a metric's name, with or without the targets known. Throws UsageError.
void check_metrics(const std::vector<std::string>& names);
/// "accuracy, auc, …": for help.
std::string metric_names();

}  // namespace thaw
