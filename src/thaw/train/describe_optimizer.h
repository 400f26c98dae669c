#pragma once

// Turns a plain struct of train/optimizers/ into an Optimizer; included by those files alone.
//
// The struct T has `double learning_rate`, `OptimizerCommon common`, and
//   fields(visit)                              names its own numbers as Keras does
//   slots() const                              std::vector<OptimizerSlot>, in Keras's order
//   update(values, gradients, slots, step) const   as UpdateRule::update()

#include "thaw/train/optimizer.h"
#include "thaw/train/options.h"

namespace thaw {

template <typename T>
class DescribedRule final : public UpdateRule {
 public:
  explicit DescribedRule(const T& described) : described_(described) {}

  std::vector<OptimizerSlot> slots() const override { return described_.slots(); }
  Config config() const override { return fields::config_of(described_); }
  void update(std::span<float> values, std::span<const float> gradients,
              std::span<float* const> slots, const OptimizerStep& step) const override {
    described_.update(values, gradients, slots, step);
  }

 private:
  T described_;
};

template <typename T>
Optimizer make_described(const OptimizerType& type, const T& described) {
  return {type.name, described.learning_rate, described.common,
          std::make_unique<DescribedRule<T>>(described)};
}

/// T with learning_rate and what is common among its fields.
template <typename T>
struct WholeOptimizer {
  T own;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("learning_rate", own.learning_rate);
    own.common.fields(visit);
    own.fields(visit);
  }
};

template <typename T>
T read_optimizer(const Config& options) {
  return read_options<WholeOptimizer<T>>(options).own;
}

/// The table's row of T, which `make` makes an Optimizer of.
template <typename T, Optimizer (*make)(const T&)>
constexpr OptimizerType describe_optimizer(std::string_view name, std::string_view class_name) {
  const auto from = [](const Config& options) { return make(read_optimizer<T>(options)); };
  const auto slots = [](const Config& options) {
    const T described = read_optimizer<T>(options);
    return all_slots(described.common, described.slots());
  };
  return {name, class_name, &option_names<WholeOptimizer<T>>, from, from, slots};
}

}  // namespace thaw
