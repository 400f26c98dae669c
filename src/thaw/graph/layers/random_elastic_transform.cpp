#include "thaw/graph/layer_support/image_layer.h"

namespace thaw {
namespace layers {
namespace {

/// In fit, with a probability drawn from `factor`, moves each pixel by a smooth field of noise, as
/// far as a number drawn from `scale` for the batch says; otherwise y = x. fill_mode: constant
/// (fill_value), nearest, wrap, reflect. Source: Simard et al. 2003.
struct RandomElasticTransform {
  Factor factor = 1.0F;
  Factor scale = 1.0F;
  std::string interpolation = "bilinear";
  std::string fill_mode = "reflect";
  float fill_value = 0.0F;
  std::vector<float> value_range = {0.0F, 255.0F};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("factor", factor);
    visit("scale", scale);
    visit("interpolation", interpolation);
    visit("fill_mode", fill_mode);
    visit("fill_value", fill_value);
    visit("value_range", value_range);
  }
  ops::RandomChange operation() const;
};

ops::RandomChange RandomElasticTransform::operation() const {
  return {.kind = ops::RandomChange::Kind::elastic,
          .probability = drawn_range_of(factor, 0, 1),
          .amount = range_of(scale, 0, 1),
          .limits = limits_of(value_range),
          .interpolation = simple_interpolation_of(interpolation),
          .fill = fill_mode_of(fill_mode),
          .fill_value = fill_value};
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType random_elastic_transform;
constinit const LayerType random_elastic_transform{
    "RandomElasticTransform",
    &layers::read_image_layer<layers::ImageLayer<layers::RandomElasticTransform>,
                              random_elastic_transform>};
}  // namespace layer_types

}  // namespace thaw
