#include "thaw/graph/layer_support/pooling.h"

#include "thaw/core/error.h"
#include "thaw/ops/builder.h"
#include "thaw/ops/kinds/pool_2d.h"
#include "thaw/ops/output_shape.h"

namespace thaw::layers {
namespace {

constexpr ops::Pool2D::Kind kind_of(Pooling how) {
  return how == Pooling::average ? ops::Pool2D::Kind::average : ops::Pool2D::Kind::maximum;
}

template <Pooling how>
ops::Pool2D attributes_for(const Pooling2D<how>& layer, const Shape& x) {
  if (x.rank() != 3)
    throw Error("expected an image (height, width, channels), received " + x.to_string());
  const Size2 strides = layer.strides.value_or(layer.pool_size);
  return {.kind = kind_of(how),
          .pool_size = layer.pool_size,
          .strides = strides,
          .padding = resolve_padding(layer.padding, x, layer.pool_size, strides)};
}

}  // namespace

template <Pooling how>
Shape Pooling2D<how>::output_shape(const Shape& x) const {
  return ops::output_shape(attributes_for(*this, x), {&x, 1});
}

template <Pooling how>
ops::Value Pooling2D<how>::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.pool_2d(x, attributes_for(*this, context.ops.shape(x)));
}

template <Pooling how>
Shape GlobalPooling2D<how>::output_shape(const Shape& x) const {
  const Shape pooled = ops::output_shape(ops::GlobalPool2D{}, {&x, 1});
  return keepdims ? Shape{1, 1, pooled[0]} : pooled;
}

template <Pooling how>
ops::Value GlobalPooling2D<how>::lower(const LowerContext& context, ops::Value x) const {
  const ops::Value y = context.ops.global_pool_2d(x, kind_of(how));
  return keepdims ? context.ops.reshape(y, output_shape(context.ops.shape(x))) : y;
}

template struct Pooling2D<Pooling::average>;
template struct Pooling2D<Pooling::maximum>;
template struct GlobalPooling2D<Pooling::average>;
template struct GlobalPooling2D<Pooling::maximum>;

}  // namespace thaw::layers
