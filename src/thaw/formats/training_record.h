#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/core/tensor.h"

namespace thaw {

/// How far an optimizer has come.
struct OptimizerState {
  int64_t iterations = 0;
  double learning_rate = 0;
  std::vector<std::string> slots;  ///< Keras's names: "momentum", "velocity"
  /// [variable][slot], the variables as trainable_variables() has them.
  std::vector<std::vector<Tensor>> values;
};

/// Keras's names of the tensors that an optimizer, {"class_name": …, "config": …}, keeps beside
/// each variable; nullopt: not known. Those who know optimizers hand it to those who read files.
using OptimizerSlotNames = std::optional<std::vector<std::string>> (*)(const Config& optimizer);

/// What a file says of a model's training.
struct TrainingRecord {
  /// Keras 3's compile_config, whatever the file's dialect: "optimizer", "loss", "metrics", …
  Config compile;
  /// Absent: none was kept, so the optimizer begins anew.
  std::optional<OptimizerState> optimizer = {};
};

}  // namespace thaw
