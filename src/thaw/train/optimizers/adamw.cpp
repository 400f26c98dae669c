#include "thaw/train/optimizer_config.h"
#include "thaw/train/optimizers/adam.h"

namespace thaw::optimizer_types {
namespace {

Optimizer make(std::optional<double> learning_rate) {
  AdamOptions options;
  options.learning_rate = learning_rate.value_or(options.learning_rate);
  return thaw::adamw(options);
}

Optimizer from_config(OptimizerConfig& config) {
  AdamOptions options = adam_options(config);
  // Switched off in the file is not the default.
  if (!options.common.weight_decay) options.common.weight_decay = 0;
  return thaw::adamw(options);
}

}  // namespace

extern const OptimizerType adamw{"adamw", "AdamW", make, from_config};

}  // namespace thaw::optimizer_types
