#include "thaw/graph/layers/leaky_re_lu.h"

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
extern const LayerType leaky_re_lu;
constinit const LayerType leaky_re_lu{"LeakyReLU",
                                      &read_definition<layers::LeakyReLU, leaky_re_lu>};
}  // namespace layer_types

Layer leaky_re_lu(layers::LeakyReLU attributes) {
  return make_layer(layer_types::leaky_re_lu, std::move(attributes));
}

}  // namespace thaw
