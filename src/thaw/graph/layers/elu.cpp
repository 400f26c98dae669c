#include "thaw/graph/layers/elu.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layers {

Shape ELU::output_shape(const Shape& x) const { return x; }

ops::Value ELU::lower(const LowerContext& context, ops::Value x) const {
  thaw::Activation activation = "elu";
  activation.negative_slope = alpha;
  return context.ops.activation(x, activation);
}

}  // namespace layers

namespace layer_types {
extern const LayerType elu;
constinit const LayerType elu{"ELU", &read_definition<layers::ELU, elu>};
}  // namespace layer_types

Layer elu(layers::ELU attributes) { return make_layer(layer_types::elu, std::move(attributes)); }

}  // namespace thaw
