#include "thaw/graph/layers/subtract.h"

#include "thaw/graph/describe.h"
#include "thaw/graph/layers/broadcast.h"

namespace thaw {
namespace layers {

Shape Subtract::output_shape(std::span<const Shape> inputs) const {
  if (inputs.size() != 2)
    throw Error(fmt::format("expected two inputs, received {}", inputs.size()));
  return broadcast_shape(inputs);
}

ops::Value Subtract::lower(const LowerContext& context, std::span<const ops::Value> inputs) const {
  const auto elements = [&](size_t i) { return context.ops.shape(inputs[i]).elements(); };
  if (elements(0) >= elements(1))
    return context.ops.binary(ops::Binary::Kind::subtract, inputs[0], inputs[1]);
  // The operation repeats its second operand: x₁ − x₂ = (−x₂) + x₁.
  return context.ops.add(context.ops.scale_shift(inputs[1], {-1.0F}, {0.0F}), inputs[0]);
}

}  // namespace layers

namespace layer_types {
extern const LayerType subtract;
constinit const LayerType subtract{"Subtract", &read_definition<layers::Subtract, subtract>};
}  // namespace layer_types

Layer subtract(layers::Subtract attributes) {
  return make_layer(layer_types::subtract, std::move(attributes));
}

}  // namespace thaw
