#include "thaw/train/optimizers/sgd.h"

#include "thaw/core/error.h"
#include "thaw/train/describe_optimizer.h"

namespace thaw {

std::vector<OptimizerSlot> SgdOptions::slots() const {
  if (momentum == 0) return {};
  return {{"momentum"}};
}

void SgdOptions::update(std::span<float> values, std::span<const float> gradients,
                        std::span<float* const> slots, const OptimizerStep& step) const {
  const float rate = step.learning_rate;
  if (slots.empty()) {
    for (size_t i = 0; i < values.size(); ++i) values[i] -= gradients[i] * rate;
    return;
  }
  const auto kept = static_cast<float>(momentum);
  float* const m = slots[0];
  for (size_t i = 0; i < values.size(); ++i) {
    const float change = gradients[i] * rate;
    m[i] = m[i] * kept - change;
    values[i] += nesterov ? m[i] * kept - change : m[i];
  }
}

namespace optimizer_types {
extern const OptimizerType sgd;
constinit const OptimizerType sgd = describe_optimizer<SgdOptions, &thaw::sgd>("sgd", "SGD");
}  // namespace optimizer_types

Optimizer sgd(const SgdOptions& options) {
  if (!(options.momentum >= 0 && options.momentum <= 1)) {
    throw UsageError("sgd: expected a momentum from 0 to 1, received " +
                     std::to_string(options.momentum));
  }
  return make_described(optimizer_types::sgd, options);
}

}  // namespace thaw
