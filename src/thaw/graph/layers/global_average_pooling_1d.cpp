#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/sequence.h"
#include "thaw/ops/kinds/pool_2d.h"

namespace thaw {
namespace layers {
namespace {

/// The mean of a sequence, channel by channel: [L, C] -> [C], or [1, C] with keepdims.
struct GlobalAveragePooling1D {
  bool keepdims = false;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("keepdims", keepdims);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

Shape GlobalAveragePooling1D::output_shape(const Shape& x) const {
  const Shape column = as_column(x);
  return keepdims ? Shape{1, column[2]} : Shape{column[2]};
}

ops::Value GlobalAveragePooling1D::lower(const LowerContext& context, ops::Value x) const {
  const ops::Value y =
      context.ops.global_pool_2d(as_column(context, x), ops::Pool2D::Kind::average);
  return keepdims ? context.ops.reshape(y, output_shape(context.ops.shape(x))) : y;
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType global_average_pooling_1d;
constinit const LayerType global_average_pooling_1d{
    "GlobalAveragePooling1D",
    &read_definition<layers::GlobalAveragePooling1D, global_average_pooling_1d>};
}  // namespace layer_types

}  // namespace thaw
