#include "thaw/graph/layers/leaky_relu.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layers {

Shape LeakyReLU::output_shape(const Shape& x) const {
  if (!(negative_slope >= 0))
    throw Error(fmt::format("expected no negative negative_slope, received {}", negative_slope));
  return x;
}

ops::Value LeakyReLU::lower(const LowerContext& context, ops::Value x) const {
  thaw::Activation activation = "relu";
  activation.negative_slope = negative_slope;
  return context.ops.activation(x, activation);
}

}  // namespace layers

namespace layer_types {
extern const LayerType leaky_relu;
constinit const LayerType leaky_relu{"LeakyReLU", &read_definition<layers::LeakyReLU, leaky_relu>};
}  // namespace layer_types

Layer leaky_relu(layers::LeakyReLU attributes) {
  return make_layer(layer_types::leaky_relu, std::move(attributes));
}

}  // namespace thaw
