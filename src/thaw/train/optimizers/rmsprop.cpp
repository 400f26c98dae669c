#include "thaw/train/optimizers/rmsprop.h"

#include <cmath>

#include "thaw/train/describe_optimizer.h"

namespace thaw {

std::vector<OptimizerSlot> RmspropOptions::slots() const { return {{"velocity"}}; }

void RmspropOptions::update(std::span<float> values, std::span<const float> gradients,
                            std::span<float* const> slots, const OptimizerStep& step) const {
  const auto kept = static_cast<float>(rho);
  const auto rest = static_cast<float>(1 - rho);
  const auto little = static_cast<float>(epsilon);
  float* const v = slots[0];
  for (size_t i = 0; i < values.size(); ++i) {
    const float g = gradients[i];
    v[i] = kept * v[i] + rest * g * g;
    values[i] -= step.learning_rate * g / std::sqrt(v[i] + little);
  }
}

namespace optimizer_types {
extern const OptimizerType rmsprop;
constinit const OptimizerType rmsprop =
    describe_optimizer<RmspropOptions, &thaw::rmsprop>("rmsprop", "RMSprop");
}  // namespace optimizer_types

Optimizer rmsprop(const RmspropOptions& options) {
  return make_described(optimizer_types::rmsprop, options);
}

}  // namespace thaw
