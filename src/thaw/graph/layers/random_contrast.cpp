#include "thaw/graph/layers/random_contrast.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/random_color.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

namespace {

ops::RandomColor attributes_for(const RandomContrast& layer) {
  const ops::Range range =
      range_of(layer.factor, layer.factor.numbers.size() == 1 ? 0.0F : -1.0F, 1);
  return {.contrast = {1 - range.low, 1 + range.high}, .limits = limits_of(layer.value_range)};
}

}  // namespace

Shape RandomContrast::output_shape(const Shape& x) const {
  return ops::output_shape(attributes_for(*this), {&x, 1});
}

ops::Value RandomContrast::lower(const LowerContext& context, ops::Value x) const {
  if (context.phase == ops::Phase::inference) return x;
  ops::RandomColor attributes = attributes_for(*this);
  attributes.phase = context.phase;
  return context.ops.random_color(x, attributes);
}

}  // namespace layers

namespace layer_types {
extern const LayerType random_contrast;
constinit const LayerType random_contrast{
    "RandomContrast", &read_definition<layers::RandomContrast, random_contrast>};
}  // namespace layer_types

Layer random_contrast(layers::RandomContrast attributes) {
  return make_layer(layer_types::random_contrast, std::move(attributes));
}

}  // namespace thaw
