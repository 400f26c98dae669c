#include "thaw/graph/layers/gaussian_dropout.h"

#include <cmath>

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/gaussian_noise.h"

namespace thaw {
namespace layers {

Shape GaussianDropout::output_shape(const Shape& x) const {
  if (!(rate >= 0 && rate < 1))
    throw Error(fmt::format("expected a rate from 0 to below 1, received {}", rate));
  return x;
}

ops::Value GaussianDropout::lower(const LowerContext& context, ops::Value x) const {
  if (context.phase == ops::Phase::inference || rate == 0) return x;
  return context.ops.gaussian_noise(
      x,
      {.deviation = std::sqrt(rate / (1.0F - rate)), .multiplies = true, .phase = context.phase});
}

}  // namespace layers

namespace layer_types {
extern const LayerType gaussian_dropout;
constinit const LayerType gaussian_dropout{
    "GaussianDropout", &read_definition<layers::GaussianDropout, gaussian_dropout>};
}  // namespace layer_types

Layer gaussian_dropout(layers::GaussianDropout attributes) {
  return make_layer(layer_types::gaussian_dropout, std::move(attributes));
}

}  // namespace thaw
