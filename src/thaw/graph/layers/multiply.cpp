#include "thaw/graph/layers/multiply.h"

#include "thaw/graph/describe.h"
#include "thaw/graph/layers/broadcast.h"

namespace thaw {
namespace layers {

Shape Multiply::output_shape(std::span<const Shape> inputs) const {
  return broadcast_shape(inputs);
}

ops::Value Multiply::lower(const LowerContext& context, std::span<const ops::Value> inputs) const {
  ops::Value y = inputs[0];
  for (const ops::Value x : inputs.subspan(1)) {
    // The operation repeats its second operand.
    const bool first_is_larger = context.ops.shape(y).elements() >= context.ops.shape(x).elements();
    y = first_is_larger ? context.ops.multiply(y, x) : context.ops.multiply(x, y);
  }
  return y;
}

}  // namespace layers

namespace layer_types {
extern const LayerType multiply;
constinit const LayerType multiply{"Multiply", &read_definition<layers::Multiply, multiply>};
}  // namespace layer_types

Layer multiply(layers::Multiply attributes) {
  return make_layer(layer_types::multiply, std::move(attributes));
}

}  // namespace thaw
