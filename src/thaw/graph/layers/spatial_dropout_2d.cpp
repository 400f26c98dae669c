#include "thaw/graph/layers/spatial_dropout_2d.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/dropout.h"

namespace thaw {
namespace layers {

Shape SpatialDropout2D::output_shape(const Shape& x) const {
  if (!(rate >= 0 && rate <= 1))
    throw Error(fmt::format("expected a rate from 0 to 1, received {}", rate));
  if (x.rank() != 3)
    throw Error(
        fmt::format("expected an image (height, width, channels), received {}", x.to_string()));
  return x;
}

ops::Value SpatialDropout2D::lower(const LowerContext& context, ops::Value x) const {
  if (context.phase == ops::Phase::inference || rate == 0) return x;
  return context.ops.dropout(
      x, {.rate = rate, .drawn = {1, 1, context.ops.shape(x).last()}, .phase = context.phase});
}

}  // namespace layers

namespace layer_types {
extern const LayerType spatial_dropout_2d;
constinit const LayerType spatial_dropout_2d{
    "SpatialDropout2D", &read_definition<layers::SpatialDropout2D, spatial_dropout_2d>};
}  // namespace layer_types

Layer spatial_dropout_2d(layers::SpatialDropout2D attributes) {
  return make_layer(layer_types::spatial_dropout_2d, std::move(attributes));
}

}  // namespace thaw
