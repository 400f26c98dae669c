#include "thaw/graph/layers/reshape.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/reshape.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

Shape Reshape::output_shape(const Shape& x) const {
  std::vector<int64_t> known;
  int unknown_axis = -1;
  for (int axis = 0; axis < target_shape.rank(); ++axis) {
    if (target_shape[axis] == -1 && unknown_axis < 0) {
      unknown_axis = axis;
    } else if (target_shape[axis] < 1) {
      throw Error(fmt::format("expected positive sizes and at most one -1, received {}",
                              target_shape.to_string()));
    } else {
      known.push_back(target_shape[axis]);
    }
  }
  std::vector<int64_t> sizes(target_shape.sizes().begin(), target_shape.sizes().end());
  if (unknown_axis >= 0)
    sizes[static_cast<size_t>(unknown_axis)] = x.elements() / Shape(std::move(known)).elements();
  return ops::output_shape(ops::Reshape{Shape(std::move(sizes))}, {&x, 1});
}

ops::Value Reshape::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.reshape(x, output_shape(context.ops.shape(x)));
}

}  // namespace layers

namespace layer_types {
extern const LayerType reshape;
constinit const LayerType reshape{"Reshape", &read_definition<layers::Reshape, reshape>};
}  // namespace layer_types

Layer reshape(layers::Reshape attributes) {
  return make_layer(layer_types::reshape, std::move(attributes));
}

}  // namespace thaw
