#include "thaw/graph/layer_support/image_layer.h"

namespace thaw {
namespace layers {
namespace {

/// In fit blurs or sharpens each image by a number drawn from `factor`: 0 blurs, 0.5 leaves it, 1
/// sharpens; otherwise y = x.
struct RandomSharpness {
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

ops::RandomChange RandomSharpness::operation() const {
  return {.kind = ops::RandomChange::Kind::sharpen,
          .amount = drawn_range_of(factor, 0, 1),
          .limits = limits_of(value_range)};
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType random_sharpness;
constinit const LayerType random_sharpness{
    "RandomSharpness",
    &layers::read_image_layer<layers::ImageLayer<layers::RandomSharpness>, random_sharpness>};
}  // namespace layer_types

}  // namespace thaw
