#include "thaw/train/optimizers/sgd.h"

#include "thaw/core/error.h"
#include "thaw/train/optimizer_config.h"

namespace thaw {
namespace {

class SgdRule : public UpdateRule {
 public:
  explicit SgdRule(const SgdOptions& options) : options_(options) {}

  std::vector<std::string> slots() const override {
    if (options_.momentum == 0) return {};
    return {"momentum"};
  }

  Config config() const override {
    return Config(Config::Map{})
        .set("momentum", options_.momentum)
        .set("nesterov", options_.nesterov);
  }

  void update(std::span<float> values, std::span<const float> gradients,
              std::span<float* const> slots, const OptimizerStep& step) const override {
    const float rate = step.learning_rate;
    if (slots.empty()) {
      for (size_t i = 0; i < values.size(); ++i) values[i] -= gradients[i] * rate;
      return;
    }
    const auto momentum = static_cast<float>(options_.momentum);
    float* const m = slots[0];
    for (size_t i = 0; i < values.size(); ++i) {
      const float change = gradients[i] * rate;
      m[i] = m[i] * momentum - change;
      values[i] += options_.nesterov ? m[i] * momentum - change : m[i];
    }
  }

 private:
  SgdOptions options_;
};

Optimizer make(std::optional<double> learning_rate) {
  SgdOptions options;
  options.learning_rate = learning_rate.value_or(options.learning_rate);
  return thaw::sgd(options);
}

Optimizer from_config(OptimizerConfig& config) {
  SgdOptions options;
  options.learning_rate = config.learning_rate(options.learning_rate);
  options.momentum = config.number("momentum", options.momentum);
  options.nesterov = config.flag("nesterov");
  options.common = config.common();
  return thaw::sgd(options);
}

}  // namespace

Optimizer sgd(const SgdOptions& options) {
  if (!(options.momentum >= 0 && options.momentum <= 1)) {
    throw UsageError("sgd: expected a momentum from 0 to 1, received " +
                     std::to_string(options.momentum));
  }
  return {"sgd", options.learning_rate, options.common, std::make_unique<SgdRule>(options)};
}

namespace optimizer_types {
extern const OptimizerType sgd{"sgd", "SGD", make, from_config};
}  // namespace optimizer_types

}  // namespace thaw
