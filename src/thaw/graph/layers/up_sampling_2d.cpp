#include "thaw/graph/layers/up_sampling_2d.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/resize_2d.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

namespace {

ops::Resize2D attributes_for(const UpSampling2D& layer, const Shape& x) {
  constexpr int64_t largest = 65536;
  if (x.rank() != 3)
    throw Error(
        fmt::format("expected an image (height, width, channels), received {}", x.to_string()));
  for (const int64_t size : {layer.size.height, layer.size.width}) {
    if (size < 1 || size > largest)
      throw Error(fmt::format("expected a size of 1 to {}, received {}", largest, size));
  }
  return {.size = {x[0] * layer.size.height, x[1] * layer.size.width},
          .interpolation = interpolation_of(layer.interpolation)};
}

}  // namespace

Shape UpSampling2D::output_shape(const Shape& x) const {
  return ops::output_shape(attributes_for(*this, x), {&x, 1});
}

ops::Value UpSampling2D::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.resize_2d(x, attributes_for(*this, context.ops.shape(x)));
}

}  // namespace layers

namespace layer_types {
extern const LayerType up_sampling_2d;
constinit const LayerType up_sampling_2d{"UpSampling2D",
                                         &read_definition<layers::UpSampling2D, up_sampling_2d>};
}  // namespace layer_types

Layer up_sampling_2d(layers::UpSampling2D attributes) {
  return make_layer(layer_types::up_sampling_2d, std::move(attributes));
}

}  // namespace thaw
