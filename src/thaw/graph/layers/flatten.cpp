#include "thaw/graph/layers/flatten.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layers {

Shape Flatten::output_shape(const Shape& x) const { return {x.elements()}; }

ops::Value Flatten::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.reshape(x, output_shape(context.ops.shape(x)));
}

}  // namespace layers

namespace layer_types {
extern const LayerType flatten;
constinit const LayerType flatten{"Flatten", &read_definition<layers::Flatten, flatten>};
}  // namespace layer_types

Layer flatten(layers::Flatten attributes) {
  return make_layer(layer_types::flatten, std::move(attributes));
}

}  // namespace thaw
