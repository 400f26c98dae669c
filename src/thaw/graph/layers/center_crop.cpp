#include "thaw/graph/layers/center_crop.h"

#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/aspect.h"
#include "thaw/ops/kinds/resize_2d.h"

namespace thaw {
namespace layers {

Shape CenterCrop::output_shape(const Shape& x) const {
  expect_target(x, {height, width});
  return {height, width, x[2]};
}

ops::Value CenterCrop::lower(const LowerContext& context, ops::Value x) const {
  const Shape shape = context.ops.shape(x);
  const int64_t rows = shape[0] - height;
  const int64_t columns = shape[1] - width;
  if (rows >= 0 && columns >= 0) {
    return context.ops.crop_2d(x, {rows / 2, rows - rows / 2, columns / 2, columns - columns / 2});
  }
  const Size2 size{height, width};
  return context.ops.resize_2d(x, {.size = size, .cropping = crop_to_aspect_ratio(shape, size)});
}

}  // namespace layers

namespace layer_types {
extern const LayerType center_crop;
constinit const LayerType center_crop{"CenterCrop",
                                      &read_definition<layers::CenterCrop, center_crop>};
}  // namespace layer_types

Layer center_crop(layers::CenterCrop attributes) {
  return make_layer(layer_types::center_crop, std::move(attributes));
}

}  // namespace thaw
