#include <optional>

#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/sequence.h"
#include "thaw/ops/kinds/pool_2d.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {
namespace {

/// The mean of each window of a sequence, channel by channel; strides default to pool_size.
struct AveragePooling1D {
  int64_t pool_size = 2;
  std::optional<int64_t> strides = {};
  std::string padding = "valid";
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("pool_size", pool_size);
    visit("strides", strides);
    visit("padding", padding);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

ops::Pool2D attributes_for(const AveragePooling1D& layer, const Shape& column) {
  const Size2 window(layer.pool_size, int64_t{1});
  const Size2 strides(layer.strides.value_or(layer.pool_size), int64_t{1});
  return {.kind = ops::Pool2D::Kind::average,
          .pool_size = window,
          .strides = strides,
          .padding = resolve_padding(layer.padding, column, window, strides)};
}

Shape AveragePooling1D::output_shape(const Shape& x) const {
  const Shape column = as_column(x);
  return as_sequence(ops::output_shape(attributes_for(*this, column), {&column, 1}));
}

ops::Value AveragePooling1D::lower(const LowerContext& context, ops::Value x) const {
  const ops::Value image = as_column(context, x);
  return as_sequence(context,
                     context.ops.pool_2d(image, attributes_for(*this, context.ops.shape(image))));
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType average_pooling_1d;
constinit const LayerType average_pooling_1d{
    "AveragePooling1D", &read_definition<layers::AveragePooling1D, average_pooling_1d>};
}  // namespace layer_types

}  // namespace thaw
