#include "thaw/graph/layers/gaussian_noise.h"

#include <cmath>

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/gaussian_noise.h"

namespace thaw {
namespace layers {

Shape GaussianNoise::output_shape(const Shape& x) const {
  // Keras 3 takes none above 1, but Keras 2 did.
  if (!(stddev >= 0 && std::isfinite(stddev)))
    throw Error(fmt::format("expected a finite stddev of 0 or more, received {}", stddev));
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
