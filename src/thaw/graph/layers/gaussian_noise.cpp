#include "thaw/graph/layers/gaussian_noise.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/gaussian_noise.h"

namespace thaw {
namespace layers {

Shape GaussianNoise::output_shape(const Shape& x) const {
  if (!(stddev >= 0 && stddev <= 1))
    throw Error(fmt::format("expected a stddev from 0 to 1, received {}", stddev));
  return x;
}

ops::Value GaussianNoise::lower(const LowerContext& context, ops::Value x) const {
  if (context.phase == ops::Phase::inference || stddev == 0) return x;
  return context.ops.gaussian_noise(x, {.deviation = stddev, .phase = context.phase});
}

}  // namespace layers

namespace layer_types {
extern const LayerType gaussian_noise;
constinit const LayerType gaussian_noise{"GaussianNoise",
                                         &read_definition<layers::GaussianNoise, gaussian_noise>};
}  // namespace layer_types

Layer gaussian_noise(layers::GaussianNoise attributes) {
  return make_layer(layer_types::gaussian_noise, std::move(attributes));
}

}  // namespace thaw
