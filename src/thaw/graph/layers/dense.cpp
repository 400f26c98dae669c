#include "thaw/graph/layers/dense.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layers {

Shape Dense::output_shape(const Shape& x) const {
  if (units < 1) throw Error(fmt::format("expected units of at least 1, received {}", units));
  if (x.rank() < 1) throw Error("expected an input with at least one axis");
  return x.with_last(units);
}

std::vector<WeightSpec> Dense::weights(const Shape& x) const {
  std::vector<WeightSpec> specs = {{"kernel", {x.last(), units}, kernel_initializer}};
  if (use_bias) specs.push_back({"bias", {units}, bias_initializer});
  return specs;
}

ops::Value Dense::lower(const LowerContext& context, ops::Value x) const {
  const ops::Value bias = use_bias ? context.weight("bias") : ops::Value{};
  return context.ops.activation(context.ops.matmul(x, context.weight("kernel"), bias), activation);
}

}  // namespace layers

namespace layer_types {
extern const LayerType dense;
constinit const LayerType dense{"Dense", &read_definition<layers::Dense, dense>};
}  // namespace layer_types

Layer dense(layers::Dense attributes) {
  return make_layer(layer_types::dense, std::move(attributes));
}

}  // namespace thaw
