#include "thaw/graph/layers/random_crop.h"

#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/aspect.h"
#include "thaw/ops/kinds/random_crop_2d.h"
#include "thaw/ops/kinds/resize_2d.h"

namespace thaw {
namespace layers {

Shape RandomCrop::output_shape(const Shape& x) const {
  expect_target(x, {height, width});
  return {height, width, x[2]};
}

ops::Value RandomCrop::lower(const LowerContext& context, ops::Value x) const {
  const Shape shape = context.ops.shape(x);
  const Size2 size{height, width};
  const Padding2 cropping = crop_to_aspect_ratio(shape, size);
  const bool draws = shape[0] > height && shape[1] > width;
  if (context.phase == ops::Phase::inference || !draws)
    return context.ops.resize_2d(x, {.size = size, .cropping = cropping});
  return context.ops.random_crop_2d(x,
                                    {.size = size, .cropping = cropping, .phase = context.phase});
}

}  // namespace layers

namespace layer_types {
extern const LayerType random_crop;
constinit const LayerType random_crop{"RandomCrop",
                                      &read_definition<layers::RandomCrop, random_crop>};
}  // namespace layer_types

Layer random_crop(layers::RandomCrop attributes) {
  return make_layer(layer_types::random_crop, std::move(attributes));
}

}  // namespace thaw
