#include "thaw/train/optimizers/adam.h"

#include <cmath>

#include "thaw/train/describe_optimizer.h"

namespace thaw {

std::vector<OptimizerSlot> AdamOptions::slots() const { return {{"momentum"}, {"velocity"}}; }

void AdamOptions::update(std::span<float> values, std::span<const float> gradients,
                         std::span<float* const> slots, const OptimizerStep& step) const {
  const auto t = static_cast<float>(step.number);
  const auto power_1 = std::pow(static_cast<float>(beta_1), t);
  const auto power_2 = std::pow(static_cast<float>(beta_2), t);
  const float alpha = step.learning_rate * std::sqrt(1 - power_2) / (1 - power_1);
  const auto rate_1 = static_cast<float>(1 - beta_1);
  const auto rate_2 = static_cast<float>(1 - beta_2);
  const auto little = static_cast<float>(epsilon);
  float* const m = slots[0];
  float* const v = slots[1];
  for (size_t i = 0; i < values.size(); ++i) {
    const float g = gradients[i];
    m[i] += (g - m[i]) * rate_1;
    v[i] += (g * g - v[i]) * rate_2;
    values[i] -= m[i] * alpha / (std::sqrt(v[i]) + little);
  }
}

namespace optimizer_types {
extern const OptimizerType adam;
constinit const OptimizerType adam = describe_optimizer<AdamOptions, &thaw::adam>("adam", "Adam");
}  // namespace optimizer_types

Optimizer adam(const AdamOptions& options) {
  return make_described(optimizer_types::adam, options);
}

}  // namespace thaw
