#include "thaw/graph/layer_support/image_layer.h"

namespace thaw {
namespace layers {
namespace {

/// In fit, with a probability drawn from `factor`, moves each corner by parts of up to half of
/// `scale` of its coordinates; otherwise y = x. Beyond the image lies fill_value.
struct RandomPerspective {
  Factor factor = 1.0F;
  float scale = 1.0F;
  std::string interpolation = "bilinear";
  float fill_value = 0.0F;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("factor", factor);
    visit("scale", scale);
    visit("interpolation", interpolation);
    visit("fill_value", fill_value);
  }
  ops::RandomChange operation() const;
};

ops::RandomChange RandomPerspective::operation() const {
  const ops::Range whole = range_of(Factor(0, scale), 0, 1);
  return {.kind = ops::RandomChange::Kind::perspective,
          .probability = drawn_range_of(factor, 0, 1),
          .amount = {-0.5F * whole.high, 0.5F * whole.high},
          .interpolation = simple_interpolation_of(interpolation),
          .fill_value = fill_value};
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType random_perspective;
constinit const LayerType random_perspective{
    "RandomPerspective",
    &layers::read_image_layer<layers::ImageLayer<layers::RandomPerspective>, random_perspective>};
}  // namespace layer_types

}  // namespace thaw
