#include <cmath>

#include "thaw/train/describe_optimizer.h"

namespace thaw {
namespace {

/// w ← w − lr·sign(m), m ← β·m + (1 − β)·g.
struct SignDescent {
  double learning_rate = 1e-3;
  double beta = 0.9;
  OptimizerCommon common = {};

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("beta", beta);
  }
  std::vector<OptimizerSlot> slots() const { return {{"momentum"}}; }
  void update(std::span<float> values, std::span<const float> gradients,
              std::span<float* const> slots, const OptimizerStep& step) const {
    const auto kept = static_cast<float>(beta);
    for (size_t i = 0; i < values.size(); ++i) {
      slots[0][i] = kept * slots[0][i] + (1 - kept) * gradients[i];
      values[i] -= std::copysign(step.learning_rate, slots[0][i]);
    }
  }
};

Optimizer make(const SignDescent& described);

}  // namespace

namespace optimizer_types {
extern const OptimizerType sign_descent;
constinit const OptimizerType sign_descent =
    describe_optimizer<SignDescent, &make>("sign_descent", "SignDescent");
}  // namespace optimizer_types

namespace {

Optimizer make(const SignDescent& described) {
  return make_described(optimizer_types::sign_descent, described);
}

}  // namespace
}  // namespace thaw
