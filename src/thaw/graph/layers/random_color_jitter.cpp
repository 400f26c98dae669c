#include "thaw/graph/layer_support/image_layer.h"
#include "thaw/graph/layer_support/random_coloring.h"
#include "thaw/graph/layer_support/random_colors.h"

namespace thaw {
namespace layers {
namespace {

/// In fit changes brightness, contrast, saturation and hue, one after the other, as the layers of
/// these names do; what has no factor stays. Otherwise y = x.
struct RandomColorJitter {
  std::vector<float> value_range = {0.0F, 255.0F};
  std::optional<Factor> brightness_factor = {};
  std::optional<Factor> contrast_factor = {};
  std::optional<Factor> saturation_factor = {};
  std::optional<Factor> hue_factor = {};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("value_range", value_range);
    visit("brightness_factor", brightness_factor);
    visit("contrast_factor", contrast_factor);
    visit("saturation_factor", saturation_factor);
    visit("hue_factor", hue_factor);
  }
  Shape output_shape(const Shape& x) const {
    for_each_part([&](const auto& part) { (void)part.output_shape(x); });
    return x;
  }
  ops::Value lower(const LowerContext& context, ops::Value x) const {
    for_each_part([&](const auto& part) { x = part.lower(context, x); });
    return x;
  }

 private:
  template <typename Visit>
  void for_each_part(Visit&& visit) const {
    const auto show = [&](auto part, const std::optional<Factor>& factor) {
      if (!factor) return;
      part.factor = *factor;
      part.value_range = value_range;
      visit(part);
    };
    show(RandomColoring<Coloring::brightness>(), brightness_factor);
    show(RandomColoring<Coloring::contrast>(), contrast_factor);
    show(ImageLayer<RandomSaturation>(), saturation_factor);
    show(ImageLayer<RandomHue>(), hue_factor);
  }
};

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType random_color_jitter;
constinit const LayerType random_color_jitter{
    "RandomColorJitter", &layers::read_image_layer<layers::RandomColorJitter, random_color_jitter>};
}  // namespace layer_types

}  // namespace thaw
