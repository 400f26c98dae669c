#include "thaw/graph/layers/concatenate.h"

#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/axes.h"
#include "thaw/ops/kinds/concatenate.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

Shape Concatenate::output_shape(std::span<const Shape> inputs) const {
  if (inputs.empty()) throw Error("expected one input or more, received none");
  return ops::output_shape(ops::Concatenate{axis_without_batch(axis, inputs[0])}, inputs);
}

ops::Value Concatenate::lower(const LowerContext& context,
                              std::span<const ops::Value> inputs) const {
  return context.ops.concatenate({inputs.begin(), inputs.end()},
                                 axis_without_batch(axis, context.ops.shape(inputs[0])));
}

}  // namespace layers

namespace layer_types {
extern const LayerType concatenate;
constinit const LayerType concatenate{"Concatenate",
                                      &read_definition<layers::Concatenate, concatenate>};
}  // namespace layer_types

Layer concatenate(layers::Concatenate attributes) {
  return make_layer(layer_types::concatenate, std::move(attributes));
}

}  // namespace thaw
