#include "thaw/train/optimizers/adam.h"

#include <cmath>

#include "thaw/train/optimizer_config.h"

namespace thaw {
namespace {

class AdamRule : public UpdateRule {
 public:
  explicit AdamRule(const AdamOptions& options) : options_(options) {}

  std::vector<std::string> slots() const override { return {"momentum", "velocity"}; }

  Config config() const override {
    return Config(Config::Map{})
        .set("beta_1", options_.beta_1)
        .set("beta_2", options_.beta_2)
        .set("epsilon", options_.epsilon)
        .set("amsgrad", false);
  }

  void update(std::span<float> values, std::span<const float> gradients,
              std::span<float* const> slots, const OptimizerStep& step) const override {
    const auto t = static_cast<float>(step.number);
    const auto power_1 = std::pow(static_cast<float>(options_.beta_1), t);
    const auto power_2 = std::pow(static_cast<float>(options_.beta_2), t);
    const float alpha = step.learning_rate * std::sqrt(1 - power_2) / (1 - power_1);
    const auto rate_1 = static_cast<float>(1 - options_.beta_1);
    const auto rate_2 = static_cast<float>(1 - options_.beta_2);
    const auto epsilon = static_cast<float>(options_.epsilon);
    float* const m = slots[0];
    float* const v = slots[1];
    for (size_t i = 0; i < values.size(); ++i) {
      const float g = gradients[i];
      m[i] += (g - m[i]) * rate_1;
      v[i] += (g * g - v[i]) * rate_2;
      values[i] -= m[i] * alpha / (std::sqrt(v[i]) + epsilon);
    }
  }

 private:
  AdamOptions options_;
};

Optimizer make(std::optional<double> learning_rate) {
  AdamOptions options;
  options.learning_rate = learning_rate.value_or(options.learning_rate);
  return thaw::adam(options);
}

Optimizer from_config(OptimizerConfig& config) { return thaw::adam(adam_options(config)); }

}  // namespace

AdamOptions adam_options(OptimizerConfig& config) {
  AdamOptions options;
  options.learning_rate = config.learning_rate(options.learning_rate);
  options.beta_1 = config.number("beta_1", options.beta_1);
  options.beta_2 = config.number("beta_2", options.beta_2);
  options.epsilon = config.number("epsilon", options.epsilon);
  options.common = config.common();
  return options;
}

Optimizer adam(const AdamOptions& options) {
  return {"adam", options.learning_rate, options.common, std::make_unique<AdamRule>(options)};
}

Optimizer adamw(AdamOptions options) {
  if (!options.common.weight_decay) options.common.weight_decay = 0.004;
  return {"adamw", options.learning_rate, options.common, std::make_unique<AdamRule>(options)};
}

namespace optimizer_types {
extern const OptimizerType adam{"adam", "Adam", make, from_config};
}  // namespace optimizer_types

}  // namespace thaw
