#include "thaw/graph/layers/multiply.h"

#include "thaw/graph/describe.h"
#include "thaw/graph/layers/broadcast.h"

namespace thaw {
namespace layers {

Shape Multiply::output_shape(std::span<const Shape> inputs) const {
  return broadcast_shape(inputs);
}

ops::Value Multiply::lower(const LowerContext& context, std::span<const ops::Value> inputs) const {
  return merge(context, ops::Binary::Kind::multiply, inputs);
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
