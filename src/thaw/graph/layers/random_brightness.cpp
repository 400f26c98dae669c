#include "thaw/graph/layers/random_brightness.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/random_color.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

namespace {

ops::RandomColor attributes_for(const RandomBrightness& layer) {
  const ops::Range range = range_of(layer.factor, -1, 1);
  const ops::Range limits = limits_of(layer.value_range);
  const float width = limits.high - limits.low;
  return {.brightness = {range.low * width, range.high * width}, .limits = limits};
}

}  // namespace

Shape RandomBrightness::output_shape(const Shape& x) const {
  return ops::output_shape(attributes_for(*this), {&x, 1});
}

ops::Value RandomBrightness::lower(const LowerContext& context, ops::Value x) const {
  if (context.phase == ops::Phase::inference) return x;
  ops::RandomColor attributes = attributes_for(*this);
  attributes.phase = context.phase;
  return context.ops.random_color(x, attributes);
}

}  // namespace layers

namespace layer_types {
extern const LayerType random_brightness;
constinit const LayerType random_brightness{
    "RandomBrightness", &read_definition<layers::RandomBrightness, random_brightness>};
}  // namespace layer_types

Layer random_brightness(layers::RandomBrightness attributes) {
  return make_layer(layer_types::random_brightness, std::move(attributes));
}

}  // namespace thaw
