#include "thaw/graph/layers/resizing.h"

#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/aspect.h"
#include "thaw/ops/kinds/resize_2d.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

namespace {

ops::Resize2D attributes_for(const Resizing& layer) {
  return {.size = {layer.height, layer.width},
          .interpolation = interpolation_of(layer.interpolation),
          .antialias = layer.antialias};
}

}  // namespace

Shape Resizing::output_shape(const Shape& x) const {
  expect_target(x, {height, width});
  if (crop_to_aspect_ratio && pad_to_aspect_ratio)
    throw Error("expected crop_to_aspect_ratio or pad_to_aspect_ratio, received both");
  if (fill_mode != "constant")
    throw Error(fmt::format("expected fill_mode \"constant\", received \"{}\"", fill_mode));
  return ops::output_shape(attributes_for(*this), {&x, 1});
}

ops::Value Resizing::lower(const LowerContext& context, ops::Value x) const {
  ops::Resize2D attributes = attributes_for(*this);
  const Shape shape = context.ops.shape(x);
  if (crop_to_aspect_ratio)
    attributes.cropping = layers::crop_to_aspect_ratio(shape, attributes.size);
  if (pad_to_aspect_ratio) {
    const Padding2 padding = layers::pad_to_aspect_ratio(shape, attributes.size);
    // Zeros are what is added, so the value that is wanted is moved there and back.
    if (fill_value != 0) x = context.ops.scale_shift(x, {1.0F}, {-fill_value});
    if (!padding.none()) x = context.ops.pad_2d(x, padding);
    if (fill_value != 0) x = context.ops.scale_shift(x, {1.0F}, {fill_value});
  }
  return context.ops.resize_2d(x, attributes);
}

}  // namespace layers

namespace layer_types {
extern const LayerType resizing;
constinit const LayerType resizing{"Resizing", &read_definition<layers::Resizing, resizing>};
}  // namespace layer_types

Layer resizing(layers::Resizing attributes) {
  return make_layer(layer_types::resizing, std::move(attributes));
}

}  // namespace thaw
