#include "thaw/train/optimizers/adam.h"

namespace thaw::optimizer_types {
namespace {

Optimizer make(std::optional<double> learning_rate) {
  AdamOptions options;
  options.learning_rate = learning_rate.value_or(options.learning_rate);
  return thaw::adamw(options);
}

}  // namespace

extern const OptimizerType adamw{"adamw", make};

}  // namespace thaw::optimizer_types
