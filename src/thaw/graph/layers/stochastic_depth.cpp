#include "thaw/graph/layers/stochastic_depth.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/dropout.h"

namespace thaw {
namespace layers {

Shape StochasticDepth::output_shape(const Shape& x) const {
  if (!(drop_path_rate >= 0 && drop_path_rate <= 1))
    throw Error(fmt::format("expected a drop_path_rate from 0 to 1, received {}", drop_path_rate));
  return x;
}

ops::Value StochasticDepth::lower(const LowerContext& context, ops::Value x) const {
  if (context.phase == ops::Phase::inference || drop_path_rate == 0) return x;
  const auto rank = static_cast<size_t>(context.ops.shape(x).rank());
  return context.ops.dropout(x, {.rate = drop_path_rate,
                                 .drawn = Shape(std::vector<int64_t>(rank, 1)),
                                 .phase = context.phase});
}

}  // namespace layers

namespace layer_types {
extern const LayerType stochastic_depth;
constinit const LayerType stochastic_depth{
    "StochasticDepth", &read_definition<layers::StochasticDepth, stochastic_depth>,
    "keras.src.applications.convnext"};
}  // namespace layer_types

Layer stochastic_depth(layers::StochasticDepth attributes) {
  return make_layer(layer_types::stochastic_depth, std::move(attributes));
}

}  // namespace thaw
