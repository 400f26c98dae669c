#include "thaw/graph/layer_support/image_layer.h"

namespace thaw {
namespace layers {
namespace {

/// In fit mixes each image with its grey self, by a part drawn from `factor`; otherwise y = x.
struct RandomColorDegeneration {
  Factor factor = {};
  std::vector<float> value_range = {0.0F, 255.0F};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("factor", factor);
    visit("value_range", value_range);
  }
  ops::RandomChange operation() const;
};

ops::RandomChange RandomColorDegeneration::operation() const {
  return {.kind = ops::RandomChange::Kind::fade,
          .amount = drawn_range_of(factor, -1, 1),
          .limits = limits_of(value_range)};
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType random_color_degeneration;
constinit const LayerType random_color_degeneration{
    "RandomColorDegeneration",
    &layers::read_image_layer<layers::ImageLayer<layers::RandomColorDegeneration>,
                              random_color_degeneration>};
}  // namespace layer_types

}  // namespace thaw
