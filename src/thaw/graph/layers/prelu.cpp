#include "thaw/graph/layers/prelu.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layers {

Shape PReLU::output_shape(const Shape& x) const {
  (void)weights(x);
  return x;
}

std::vector<WeightSpec> PReLU::weights(const Shape& x) const {
  if (x.rank() < 1) throw Error("expected an input with at least one axis");
  std::vector<int64_t> sizes(x.sizes().begin(), x.sizes().end());
  for (const int64_t axis : shared_axes.value_or(std::vector<int64_t>{})) {
    if (axis < 1 || axis > x.rank()) {
      throw Error(fmt::format("expected shared_axes from 1 to {}, received {}", x.rank(), axis));
    }
    sizes[static_cast<size_t>(axis - 1)] = 1;
  }
  return {{"alpha", Shape(std::move(sizes)), alpha_initializer}};
}

ops::Value PReLU::lower(const LowerContext& context, ops::Value x) const {
  const ops::Value above = context.ops.activation(x, "relu");
  const ops::Value below =
      context.ops.activation(context.ops.scale_shift(x, {-1.0F}, {0.0F}), "relu");
  return context.ops.binary(ops::Binary::Kind::subtract, above,
                            context.ops.multiply(below, context.weight("alpha")));
}

}  // namespace layers

namespace layer_types {
extern const LayerType prelu;
constinit const LayerType prelu{"PReLU", &read_definition<layers::PReLU, prelu>};
}  // namespace layer_types

Layer prelu(layers::PReLU attributes) {
  return make_layer(layer_types::prelu, std::move(attributes));
}

}  // namespace thaw
