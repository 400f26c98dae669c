#include "thaw/graph/layers/custom_scale_layer.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layers {

Shape CustomScaleLayer::output_shape(std::span<const Shape> inputs) const {
  if (inputs.size() != 2 || inputs[0] != inputs[1])
    throw Error(fmt::format("expected two inputs of one shape, received {}", inputs.size()));
  return inputs[0];
}

ops::Value CustomScaleLayer::lower(const LowerContext& context,
                                   std::span<const ops::Value> inputs) const {
  return context.ops.add(inputs[0], context.ops.scale_shift(inputs[1], {scale}, {0.0F}));
}

}  // namespace layers

namespace layer_types {
extern const LayerType custom_scale_layer;
constinit const LayerType custom_scale_layer{
    "CustomScaleLayer", &read_definition<layers::CustomScaleLayer, custom_scale_layer>,
    "keras.src.applications.inception_resnet_v2"};
}  // namespace layer_types

Layer custom_scale_layer(layers::CustomScaleLayer attributes) {
  return make_layer(layer_types::custom_scale_layer, std::move(attributes));
}

}  // namespace thaw
