#include "thaw/train/describe_optimizer.h"

namespace thaw {
namespace {

/// w ← w − lr·sign(β₁·m + (1 − β₁)·g); m ← β₂·m + (1 − β₂)·g. As Keras computes it (Chen et al.
/// 2023).
struct Lion {
  double learning_rate = 1e-3;
  double beta_1 = 0.9;
  double beta_2 = 0.99;
  OptimizerCommon common = {};

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("beta_1", beta_1);
    visit("beta_2", beta_2);
  }

  std::vector<OptimizerSlot> slots() const { return {{"momentum"}}; }

  void update(std::span<float> values, std::span<const float> gradients,
              std::span<float* const> slots, const OptimizerStep& step) const {
    const auto b1 = static_cast<float>(beta_1);
    const auto b2 = static_cast<float>(beta_2);
    float* const m = slots[0];
    for (size_t i = 0; i < values.size(); ++i) {
      const float g = gradients[i];
      const float direction = m[i] * b1 + g * (1 - b1);
      values[i] -= step.learning_rate * static_cast<float>((direction > 0) - (direction < 0));
      m[i] = m[i] * b2 + g * (1 - b2);
    }
  }
};

Optimizer make(const Lion& lion);

}  // namespace

namespace optimizer_types {
extern const OptimizerType lion;
constinit const OptimizerType lion = describe_optimizer<Lion, &make>("lion", "Lion");
}  // namespace optimizer_types

namespace {
Optimizer make(const Lion& lion) {
  if (!(lion.beta_1 > 0 && lion.beta_1 <= 1)) {
    throw UsageError("lion: expected a beta_1 above 0 and up to 1, received " +
                     std::to_string(lion.beta_1));
  }
  return make_described(optimizer_types::lion, lion);
}
}  // namespace

}  // namespace thaw
