#include "thaw/train/describe_optimizer.h"
#include "thaw/train/optimizers/adam.h"

namespace thaw {
namespace optimizer_types {
namespace {

Optimizer from_file(const Config& options) {
  auto adam = read_optimizer<AdamOptions>(options);
  if (!adam.common.weight_decay) adam.common.weight_decay = 0;
  return thaw::adamw(adam);
}

constexpr OptimizerType row() {
  OptimizerType type = describe_optimizer<AdamOptions, &thaw::adamw>("adamw", "AdamW");
  type.from_file = from_file;
  return type;
}

}  // namespace

extern const OptimizerType adamw;
constinit const OptimizerType adamw = row();

}  // namespace optimizer_types

Optimizer adamw(const AdamOptions& options) {
  AdamOptions decaying = options;
  if (!decaying.common.weight_decay) decaying.common.weight_decay = 0.004;
  return make_described(optimizer_types::adamw, decaying);
}

}  // namespace thaw
