#include "thaw/graph/layers/average_pooling_2d.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

namespace {

ops::Pool2D attributes_for(const AveragePooling2D& layer, const Shape& x) {
  if (x.rank() != 3)
    throw Error(
        fmt::format("expected an image (height, width, channels), received {}", x.to_string()));
  const Size2 strides = layer.strides.value_or(layer.pool_size);
  return {.kind = ops::Pool2D::Kind::average,
          .pool_size = layer.pool_size,
          .strides = strides,
          .padding = resolve_padding(layer.padding, x, layer.pool_size, strides)};
}

}  // namespace

Shape AveragePooling2D::output_shape(const Shape& x) const {
  return ops::output_shape(attributes_for(*this, x), {&x, 1});
}

ops::Value AveragePooling2D::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.pool_2d(x, attributes_for(*this, context.ops.shape(x)));
}

}  // namespace layers

namespace layer_types {
extern const LayerType average_pooling_2d;
constinit const LayerType average_pooling_2d{
    "AveragePooling2D", &read_definition<layers::AveragePooling2D, average_pooling_2d>};
}  // namespace layer_types

Layer average_pooling_2d(layers::AveragePooling2D attributes) {
  return make_layer(layer_types::average_pooling_2d, std::move(attributes));
}

}  // namespace thaw
