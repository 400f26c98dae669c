#include "thaw/graph/layers/activation.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layers {

Shape Activation::output_shape(const Shape& x) const { return x; }

ops::Value Activation::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.activation(x, activation);
}

}  // namespace layers

namespace layer_types {
extern const LayerType activation;
constinit const LayerType activation{"Activation",
                                     &read_definition<layers::Activation, activation>};
}  // namespace layer_types

Layer activation(layers::Activation attributes) {
  return make_layer(layer_types::activation, std::move(attributes));
}

}  // namespace thaw
