#include "thaw/graph/layer_support/image_layer.h"

namespace thaw {
namespace layers {
namespace {

/// In fit adds a number drawn from addition_factor and turns over what then lies above one drawn
/// from threshold_factor, both as parts of value_range's width; otherwise y = x.
struct Solarization {
  Factor addition_factor = {};
  Factor threshold_factor = {};
  std::vector<float> value_range = {0.0F, 255.0F};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("addition_factor", addition_factor);
    visit("threshold_factor", threshold_factor);
    visit("value_range", value_range);
  }
  ops::RandomChange operation() const;
};

ops::RandomChange Solarization::operation() const {
  const auto range = [](const Factor& factor) {
    const bool is_number = factor.numbers.size() == 1;
    return range_of(is_number ? Factor(0, factor.numbers[0]) : factor, 0, 1);
  };
  return {.kind = ops::RandomChange::Kind::solarize,
          .amount = range(addition_factor),
          .threshold = range(threshold_factor),
          .limits = limits_of(value_range)};
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType solarization;
constinit const LayerType solarization{
    "Solarization",
    &layers::read_image_layer<layers::ImageLayer<layers::Solarization>, solarization>};
}  // namespace layer_types

}  // namespace thaw
