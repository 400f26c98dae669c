#include "thaw/graph/layers/relu.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layers {

Shape ReLU::output_shape(const Shape& x) const {
  if (max_value.value_or(0) < 0 || negative_slope < 0 || threshold < 0) {
    throw Error(fmt::format(
        "expected no negative max_value, negative_slope or threshold, received {}, {}, {}",
        max_value.value_or(0), negative_slope, threshold));
  }
  return x;
}

ops::Value ReLU::lower(const LowerContext& context, ops::Value x) const {
  thaw::Activation activation = "relu";
  if (max_value) activation.max_value = *max_value;
  activation.negative_slope = negative_slope;
  activation.threshold = threshold;
  return context.ops.activation(x, activation);
}

}  // namespace layers

namespace layer_types {
extern const LayerType relu;
constinit const LayerType relu{"ReLU", &read_definition<layers::ReLU, relu>};
}  // namespace layer_types

Layer relu(layers::ReLU attributes) { return make_layer(layer_types::relu, std::move(attributes)); }

}  // namespace thaw
