#include "thaw/graph/layers/batch_normalization.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/batch_normalization.h"

namespace thaw {
namespace layers {

Shape BatchNormalization::output_shape(const Shape& x) const {
  if (x.rank() < 1 || (axis != -1 && axis != x.rank())) {
    throw Error(fmt::format("expected the last axis (-1), received axis {} of a batch of {}", axis,
                            x.to_string()));
  }
  return x;
}

std::vector<WeightSpec> BatchNormalization::weights(const Shape& x) const {
  const Shape channels{x.last()};
  std::vector<WeightSpec> specs;
  if (scale) specs.push_back({"gamma", channels, gamma_initializer});
  if (center) specs.push_back({"beta", channels, beta_initializer});
  specs.push_back({"moving_mean", channels, moving_mean_initializer, false});
  specs.push_back({"moving_variance", channels, moving_variance_initializer, false});
  return specs;
}

ops::Value BatchNormalization::lower(const LowerContext& context, ops::Value x) const {
  std::vector<ops::Value> parameters;
  if (scale) parameters.push_back(context.weight("gamma"));
  if (center) parameters.push_back(context.weight("beta"));
  parameters.push_back(context.weight("moving_mean"));
  parameters.push_back(context.weight("moving_variance"));
  return context.ops.batch_normalization(
      x, std::move(parameters),
      {.epsilon = epsilon,
       .momentum = momentum,
       .has_scale = scale,
       .has_center = center,
       .phase = context.trainable ? context.phase : ops::Phase::inference});
}

}  // namespace layers

namespace layer_types {
extern const LayerType batch_normalization;
constinit const LayerType batch_normalization{
    "BatchNormalization", &read_definition<layers::BatchNormalization, batch_normalization>};
}  // namespace layer_types

Layer batch_normalization(layers::BatchNormalization attributes) {
  return make_layer(layer_types::batch_normalization, std::move(attributes));
}

}  // namespace thaw
