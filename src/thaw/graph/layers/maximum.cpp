#include "thaw/graph/layers/maximum.h"

#include "thaw/graph/describe.h"
#include "thaw/graph/layers/broadcast.h"

namespace thaw {
namespace layers {

Shape Maximum::output_shape(std::span<const Shape> inputs) const { return broadcast_shape(inputs); }

ops::Value Maximum::lower(const LowerContext& context, std::span<const ops::Value> inputs) const {
  return merge(context, ops::Binary::Kind::maximum, inputs);
}

}  // namespace layers

namespace layer_types {
extern const LayerType maximum;
constinit const LayerType maximum{"Maximum", &read_definition<layers::Maximum, maximum>};
}  // namespace layer_types

Layer maximum(layers::Maximum attributes) {
  return make_layer(layer_types::maximum, std::move(attributes));
}

}  // namespace thaw
