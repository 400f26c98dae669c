#include "thaw/graph/layers/global_max_pooling_2d.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

Shape GlobalMaxPooling2D::output_shape(const Shape& x) const {
  const Shape pooled = ops::output_shape(ops::GlobalPool2D{}, {&x, 1});
  return keepdims ? Shape{1, 1, pooled[0]} : pooled;
}

ops::Value GlobalMaxPooling2D::lower(const LowerContext& context, ops::Value x) const {
  const ops::Value y = context.ops.global_pool_2d(x, ops::Pool2D::Kind::maximum);
  return keepdims ? context.ops.reshape(y, output_shape(context.ops.shape(x))) : y;
}

}  // namespace layers

namespace layer_types {
extern const LayerType global_max_pooling_2d;
constinit const LayerType global_max_pooling_2d{
    "GlobalMaxPooling2D", &read_definition<layers::GlobalMaxPooling2D, global_max_pooling_2d>};
}  // namespace layer_types

Layer global_max_pooling_2d(layers::GlobalMaxPooling2D attributes) {
  return make_layer(layer_types::global_max_pooling_2d, std::move(attributes));
}

}  // namespace thaw
