#include "thaw/graph/layers/layer_scale.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layers {

Shape LayerScale::output_shape(const Shape& x) const {
  if (x.rank() < 1 || projection_dim != x.last()) {
    throw Error(fmt::format("expected an input of {} channels (projection_dim), received {}",
                            projection_dim, x.to_string()));
  }
  return x;
}

std::vector<WeightSpec> LayerScale::weights(const Shape& x) const {
  Initializer initializer = "constant";
  initializer.value = double{init_values};
  return {{"gamma", {x.last()}, initializer}};
}

ops::Value LayerScale::lower(const LowerContext& context, ops::Value x) const {
  const Shape shape = context.ops.shape(x);
  std::vector<int64_t> sizes(static_cast<size_t>(shape.rank()), 1);
  sizes.back() = shape.last();
  return context.ops.multiply(x, context.weight("gamma", Shape(std::move(sizes))));
}

}  // namespace layers

namespace layer_types {
extern const LayerType layer_scale;
constinit const LayerType layer_scale{"LayerScale",
                                      &read_definition<layers::LayerScale, layer_scale>,
                                      "keras.src.applications.convnext"};
}  // namespace layer_types

Layer layer_scale(layers::LayerScale attributes) {
  return make_layer(layer_types::layer_scale, std::move(attributes));
}

}  // namespace thaw
