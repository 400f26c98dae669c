#include "thaw/graph/layers/softmax.h"

#include <numeric>

#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/axes.h"

namespace thaw {
namespace layers {

namespace {

int axis_of(const Softmax& layer, const Shape& x) {
  if (layer.axis.size() != 1)
    throw Error(fmt::format("expected one axis, received {}", layer.axis.size()));
  return axis_without_batch(layer.axis[0], x);
}

}  // namespace

Shape Softmax::output_shape(const Shape& x) const {
  (void)axis_of(*this, x);
  return x;
}

ops::Value Softmax::lower(const LowerContext& context, ops::Value x) const {
  const Shape shape = context.ops.shape(x);
  const auto along = static_cast<size_t>(axis_of(*this, shape));
  if (static_cast<int>(along) == shape.rank() - 1) return context.ops.activation(x, "softmax");
  std::vector<int> order(static_cast<size_t>(shape.rank()));
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[along], order.back());
  const ops::Value y = context.ops.activation(context.ops.transpose(x, order), "softmax");
  return context.ops.transpose(y, order);
}

}  // namespace layers

namespace layer_types {
extern const LayerType softmax;
constinit const LayerType softmax{"Softmax", &read_definition<layers::Softmax, softmax>};
}  // namespace layer_types

Layer softmax(layers::Softmax attributes) {
  return make_layer(layer_types::softmax, std::move(attributes));
}

}  // namespace thaw
