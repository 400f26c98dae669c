#include "thaw/graph/layers/average.h"

#include "thaw/graph/describe.h"
#include "thaw/graph/layers/broadcast.h"

namespace thaw {
namespace layers {

Shape Average::output_shape(std::span<const Shape> inputs) const { return broadcast_shape(inputs); }

ops::Value Average::lower(const LowerContext& context, std::span<const ops::Value> inputs) const {
  const ops::Value sum = merge(context, ops::Binary::Kind::add, inputs);
  return context.ops.scale_shift(sum, {1.0F / static_cast<float>(inputs.size())}, {0.0F});
}

}  // namespace layers

namespace layer_types {
extern const LayerType average;
constinit const LayerType average{"Average", &read_definition<layers::Average, average>};
}  // namespace layer_types

Layer average(layers::Average attributes) {
  return make_layer(layer_types::average, std::move(attributes));
}

}  // namespace thaw
