#include <cmath>

#include "thaw/train/describe_optimizer.h"

namespace thaw {
namespace {

/// a ← a + g²; w ← w − lr·g/√(a + ε), a beginning with initial_accumulator_value. As Keras computes
/// it (Duchi et al. 2011).
struct Adagrad {
  double learning_rate = 1e-3;
  double initial_accumulator_value = 0.1;
  double epsilon = 1e-7;
  OptimizerCommon common = {};

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("initial_accumulator_value", initial_accumulator_value);
    visit("epsilon", epsilon);
  }

  std::vector<OptimizerSlot> slots() const {
    return {{"accumulator", static_cast<float>(initial_accumulator_value)}};
  }

  void update(std::span<float> values, std::span<const float> gradients,
              std::span<float* const> slots, const OptimizerStep& step) const {
    const auto little = static_cast<float>(epsilon);
    float* const a = slots[0];
    for (size_t i = 0; i < values.size(); ++i) {
      const float g = gradients[i];
      a[i] += g * g;
      values[i] -= step.learning_rate * g / std::sqrt(a[i] + little);
    }
  }
};

Optimizer make(const Adagrad& adagrad);

}  // namespace

namespace optimizer_types {
extern const OptimizerType adagrad;
constinit const OptimizerType adagrad = describe_optimizer<Adagrad, &make>("adagrad", "Adagrad");
}  // namespace optimizer_types

namespace {
Optimizer make(const Adagrad& adagrad) { return make_described(optimizer_types::adagrad, adagrad); }
}  // namespace

}  // namespace thaw
