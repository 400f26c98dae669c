#include "thaw/graph/layer_support/image_layer.h"

namespace thaw {
namespace layers {
namespace {

/// In fit leaves each value its first bits of 8, as many as are drawn from `factor`, whose end is
/// left out; otherwise y = x.
struct RandomPosterization {
  Factor factor = 8.0F;
  std::vector<float> value_range = {0.0F, 255.0F};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("factor", factor);
    visit("value_range", value_range);
  }
  ops::RandomChange operation() const;
};

ops::RandomChange RandomPosterization::operation() const {
  return {.kind = ops::RandomChange::Kind::posterize,
          .amount = drawn_range_of(factor, 1, 8),
          .limits = limits_of(value_range)};
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType random_posterization;
constinit const LayerType random_posterization{
    "RandomPosterization",
    &layers::read_image_layer<layers::ImageLayer<layers::RandomPosterization>,
                              random_posterization>};
}  // namespace layer_types

}  // namespace thaw
