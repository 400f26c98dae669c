#include "thaw/graph/layers/group_normalization.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/sample_normalization.h"

namespace thaw {
namespace layers {

Shape GroupNormalization::output_shape(const Shape& x) const {
  if (x.rank() < 1 || (axis != -1 && axis != x.rank())) {
    throw Error(fmt::format("expected the last axis (-1), received axis {} of a batch of {}", axis,
                            x.to_string()));
  }
  if (groups != -1 && (groups < 1 || x.last() % groups != 0)) {
    throw Error(
        fmt::format("expected groups of which the {} channels are a multiple, or -1, received {}",
                    x.last(), groups));
  }
  return x;
}

std::vector<WeightSpec> GroupNormalization::weights(const Shape& x) const {
  std::vector<WeightSpec> specs;
  if (scale) specs.push_back({"gamma", {x.last()}, gamma_initializer});
  if (center) specs.push_back({"beta", {x.last()}, beta_initializer});
  return specs;
}

ops::Value GroupNormalization::lower(const LowerContext& context, ops::Value x) const {
  std::vector<ops::Value> parameters;
  if (scale) parameters.push_back(context.weight("gamma"));
  if (center) parameters.push_back(context.weight("beta"));
  const int64_t channels = context.ops.shape(x).last();
  return context.ops.sample_normalization(x, std::move(parameters),
                                          {.epsilon = epsilon,
                                           .groups = groups == -1 ? channels : groups,
                                           .has_scale = scale,
                                           .has_center = center});
}

}  // namespace layers

namespace layer_types {
extern const LayerType group_normalization;
constinit const LayerType group_normalization{
    "GroupNormalization", &read_definition<layers::GroupNormalization, group_normalization>};
}  // namespace layer_types

Layer group_normalization(layers::GroupNormalization attributes) {
  return make_layer(layer_types::group_normalization, std::move(attributes));
}

}  // namespace thaw
