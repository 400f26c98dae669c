#include "thaw/graph/layers/minimum.h"

#include "thaw/graph/describe.h"
#include "thaw/graph/layers/broadcast.h"

namespace thaw {
namespace layers {

Shape Minimum::output_shape(std::span<const Shape> inputs) const { return broadcast_shape(inputs); }

ops::Value Minimum::lower(const LowerContext& context, std::span<const ops::Value> inputs) const {
  return merge(context, ops::Binary::Kind::minimum, inputs);
}

}  // namespace layers

namespace layer_types {
extern const LayerType minimum;
constinit const LayerType minimum{"Minimum", &read_definition<layers::Minimum, minimum>};
}  // namespace layer_types

Layer minimum(layers::Minimum attributes) {
  return make_layer(layer_types::minimum, std::move(attributes));
}

}  // namespace thaw
