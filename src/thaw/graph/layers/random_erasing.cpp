#include "thaw/graph/layer_support/image_layer.h"

namespace thaw {
namespace layers {
namespace {

/// In fit, with a probability drawn from `factor`, puts fill_value, or noise where there is none,
/// into a box whose sides are roots of parts drawn from `scale`; otherwise y = x. Source: Zhong et
/// al. 2017, "Random erasing data augmentation".
struct RandomErasing {
  Factor factor = 1.0F;
  Factor scale = {0.02F, 0.33F};
  std::optional<std::vector<float>> fill_value = {};
  std::vector<float> value_range = {0.0F, 255.0F};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("factor", factor);
    visit("scale", scale);
    visit("fill_value", fill_value);
    visit("value_range", value_range);
  }
  ops::RandomChange operation() const;
};

ops::RandomChange RandomErasing::operation() const {
  return {.kind = ops::RandomChange::Kind::erase,
          .probability = drawn_range_of(factor, 0, 1),
          .amount = drawn_range_of(scale, 0, 1),
          .limits = limits_of(value_range),
          .fill_values = fill_value.value_or(std::vector<float>{})};
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType random_erasing;
constinit const LayerType random_erasing{
    "RandomErasing",
    &layers::read_image_layer<layers::ImageLayer<layers::RandomErasing>, random_erasing>};
}  // namespace layer_types

}  // namespace thaw
