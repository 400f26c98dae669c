#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/sequence.h"
#include "thaw/ops/kinds/pool_2d.h"

namespace thaw {
namespace layers {
namespace {

/// The largest of a sequence, channel by channel: [L, C] -> [C], or [1, C] with keepdims.
struct GlobalMaxPooling1D {
  bool keepdims = false;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("keepdims", keepdims);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

Shape GlobalMaxPooling1D::output_shape(const Shape& x) const {
  const Shape column = as_column(x);
  return keepdims ? Shape{1, column[2]} : Shape{column[2]};
}

ops::Value GlobalMaxPooling1D::lower(const LowerContext& context, ops::Value x) const {
  const ops::Value y =
      context.ops.global_pool_2d(as_column(context, x), ops::Pool2D::Kind::maximum);
  return keepdims ? context.ops.reshape(y, output_shape(context.ops.shape(x))) : y;
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType global_max_pooling_1d;
constinit const LayerType global_max_pooling_1d{
    "GlobalMaxPooling1D", &read_definition<layers::GlobalMaxPooling1D, global_max_pooling_1d>};
}  // namespace layer_types

}  // namespace thaw
