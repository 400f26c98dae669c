#include "thaw/train/optimizers/rmsprop.h"

#include <cmath>

namespace thaw {
namespace {

class RmspropRule : public UpdateRule {
 public:
  explicit RmspropRule(const RmspropOptions& options) : options_(options) {}

  std::vector<std::string> slots() const override { return {"velocity"}; }

  void update(std::span<float> values, std::span<const float> gradients,
              std::span<float* const> slots, const OptimizerStep& step) const override {
    const auto rho = static_cast<float>(options_.rho);
    const auto rest = static_cast<float>(1 - options_.rho);
    const auto epsilon = static_cast<float>(options_.epsilon);
    float* const v = slots[0];
    for (size_t i = 0; i < values.size(); ++i) {
      const float g = gradients[i];
      v[i] = rho * v[i] + rest * g * g;
      values[i] -= step.learning_rate * g / std::sqrt(v[i] + epsilon);
    }
  }

 private:
  RmspropOptions options_;
};

Optimizer make(std::optional<double> learning_rate) {
  RmspropOptions options;
  options.learning_rate = learning_rate.value_or(options.learning_rate);
  return thaw::rmsprop(options);
}

}  // namespace

Optimizer rmsprop(const RmspropOptions& options) {
  return {"rmsprop", options.learning_rate, options.common, std::make_unique<RmspropRule>(options)};
}

namespace optimizer_types {
extern const OptimizerType rmsprop{"rmsprop", make};
}  // namespace optimizer_types

}  // namespace thaw
