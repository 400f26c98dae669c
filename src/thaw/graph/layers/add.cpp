#include "thaw/graph/layers/add.h"

#include "thaw/graph/describe.h"
#include "thaw/graph/layers/broadcast.h"

namespace thaw {
namespace layers {

Shape Add::output_shape(std::span<const Shape> inputs) const { return broadcast_shape(inputs); }

ops::Value Add::lower(const LowerContext& context, std::span<const ops::Value> inputs) const {
  return merge(context, ops::Binary::Kind::add, inputs);
}

}  // namespace layers

namespace layer_types {
extern const LayerType add;
constinit const LayerType add{"Add", &read_definition<layers::Add, add>};
}  // namespace layer_types

Layer add(layers::Add attributes) { return make_layer(layer_types::add, std::move(attributes)); }

}  // namespace thaw
