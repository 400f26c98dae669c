#include "thaw/graph/layers/max_pooling_2d.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

namespace {

ops::Pool2D attributes_for(const MaxPooling2D& layer, const Shape& x) {
  if (x.rank() != 3)
    throw Error(
        fmt::format("expected an image (height, width, channels), received {}", x.to_string()));
  const Size2 strides = layer.strides.value_or(layer.pool_size);
  return {.kind = ops::Pool2D::Kind::maximum,
          .pool_size = layer.pool_size,
          .strides = strides,
          .padding = resolve_padding(layer.padding, x, layer.pool_size, strides)};
}

}  // namespace

Shape MaxPooling2D::output_shape(const Shape& x) const {
  return ops::output_shape(attributes_for(*this, x), {&x, 1});
}

ops::Value MaxPooling2D::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.pool_2d(x, attributes_for(*this, context.ops.shape(x)));
}

}  // namespace layers

namespace layer_types {
extern const LayerType max_pooling_2d;
constinit const LayerType max_pooling_2d{"MaxPooling2D",
                                         &read_definition<layers::MaxPooling2D, max_pooling_2d>};
}  // namespace layer_types

Layer max_pooling_2d(layers::MaxPooling2D attributes) {
  return make_layer(layer_types::max_pooling_2d, std::move(attributes));
}

}  // namespace thaw
