#include "thaw/train/optimizers/rmsprop.h"

#include <cmath>

#include "thaw/train/optimizer_config.h"

namespace thaw {
namespace {

class RmspropRule : public UpdateRule {
 public:
  explicit RmspropRule(const RmspropOptions& options) : options_(options) {}

  std::vector<std::string> slots() const override { return {"velocity"}; }

  Config config() const override {
    return Config(Config::Map{})
        .set("rho", options_.rho)
        .set("momentum", 0.0)
        .set("epsilon", options_.epsilon)
        .set("centered", false);
  }

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

Optimizer from_config(OptimizerConfig& config) {
  RmspropOptions options;
  options.learning_rate = config.learning_rate(options.learning_rate);
  options.rho = config.number("rho", options.rho);
  options.epsilon = config.number("epsilon", options.epsilon);
  options.common = config.common();
  return thaw::rmsprop(options);
}

}  // namespace

Optimizer rmsprop(const RmspropOptions& options) {
  return {"rmsprop", options.learning_rate, options.common, std::make_unique<RmspropRule>(options)};
}

namespace optimizer_types {
extern const OptimizerType rmsprop{"rmsprop", "RMSprop", make, from_config};
}  // namespace optimizer_types

}  // namespace thaw
