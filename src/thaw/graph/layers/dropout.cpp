#include "thaw/graph/layers/dropout.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/dropout.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

namespace {

/// What is drawn for a sample of `x`.
Shape drawn(const Dropout& layer, const Shape& x) {
  if (!layer.noise_shape) return {};
  const Shape& noise = *layer.noise_shape;
  if (noise.rank() != x.rank() + 1 || noise[0] == 1) {
    throw Error(
        fmt::format("expected a noise_shape of None for the batch and {} sizes, received {}",
                    x.rank(), noise.to_string()));
  }
  std::vector<int64_t> sizes;
  for (int axis = 0; axis < x.rank(); ++axis)
    sizes.push_back(noise[axis + 1] == -1 ? x[axis] : noise[axis + 1]);
  return Shape(std::move(sizes));
}

}  // namespace

Shape Dropout::output_shape(const Shape& x) const {
  if (!(rate >= 0 && rate <= 1))
    throw Error(fmt::format("expected a rate from 0 to 1, received {}", rate));
  return ops::output_shape(ops::Dropout{.drawn = drawn(*this, x)}, {&x, 1});
}

ops::Value Dropout::lower(const LowerContext& context, ops::Value x) const {
  if (context.phase == ops::Phase::inference || rate == 0) return x;
  return context.ops.dropout(
      x, {.rate = rate, .drawn = drawn(*this, context.ops.shape(x)), .phase = context.phase});
}

}  // namespace layers

namespace layer_types {
extern const LayerType dropout;
constinit const LayerType dropout{"Dropout", &read_definition<layers::Dropout, dropout>};
}  // namespace layer_types

Layer dropout(layers::Dropout attributes) {
  return make_layer(layer_types::dropout, std::move(attributes));
}

}  // namespace thaw
