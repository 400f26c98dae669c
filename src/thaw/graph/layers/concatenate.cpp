#include "thaw/graph/layers/concatenate.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layers {

namespace {

/// Keras counts the batch axis, our shapes leave it out.
int axis_without_batch(int64_t axis, const Shape& shape) {
  const int64_t result = axis < 0 ? axis + shape.rank() : axis - 1;
  if (result < 0 || result >= shape.rank()) {
    throw Error(fmt::format("axis {} is not one that {} has after the batch axis", axis,
                            shape.to_string()));
  }
  return static_cast<int>(result);
}

}  // namespace

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
