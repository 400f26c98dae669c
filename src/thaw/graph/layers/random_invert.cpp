#include "thaw/graph/layer_support/image_layer.h"

namespace thaw {
namespace layers {
namespace {

/// In fit, with a probability drawn from `factor`, y = the end of value_range − x; otherwise y = x.
struct RandomInvert {
  Factor factor = 1.0F;
  std::vector<float> value_range = {0.0F, 255.0F};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("factor", factor);
    visit("value_range", value_range);
  }
  ops::RandomChange operation() const;
};

ops::RandomChange RandomInvert::operation() const {
  return {.kind = ops::RandomChange::Kind::invert,
          .probability = drawn_range_of(factor, 0, 1),
          .limits = limits_of(value_range)};
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType random_invert;
constinit const LayerType random_invert{
    "RandomInvert",
    &layers::read_image_layer<layers::ImageLayer<layers::RandomInvert>, random_invert>};
}  // namespace layer_types

}  // namespace thaw
