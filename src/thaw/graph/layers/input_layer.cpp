#include "thaw/graph/layers/input_layer.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layers {

Shape InputLayer::output_shape(std::span<const Shape> inputs) const {
  if (!inputs.empty()) throw Error(fmt::format("expected no input, received {}", inputs.size()));
  for (const int64_t size : shape.sizes()) {
    if (size < 1) {
      throw Error(fmt::format(
          "expected a shape of known, positive sizes, received {}: say which image size is wanted",
          shape.to_string()));
    }
  }
  return shape;
}

ops::Value InputLayer::lower(const LowerContext& context, std::span<const ops::Value>) const {
  return context.ops.input(shape);
}

}  // namespace layers

namespace layer_types {
extern const LayerType input_layer;
constinit const LayerType input_layer{"InputLayer",
                                      &read_definition<layers::InputLayer, input_layer>};
}  // namespace layer_types

Layer input_layer(layers::InputLayer attributes) {
  return make_layer(layer_types::input_layer, std::move(attributes));
}

}  // namespace thaw
