#include "thaw/graph/layers/zero_padding_2d.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/pad_2d.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

Shape ZeroPadding2D::output_shape(const Shape& x) const {
  return ops::output_shape(ops::Pad2D{padding}, {&x, 1});
}

ops::Value ZeroPadding2D::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.pad_2d(x, padding);
}

}  // namespace layers

namespace layer_types {
extern const LayerType zero_padding_2d;
constinit const LayerType zero_padding_2d{"ZeroPadding2D",
                                          &read_definition<layers::ZeroPadding2D, zero_padding_2d>};
}  // namespace layer_types

Layer zero_padding_2d(layers::ZeroPadding2D attributes) {
  return make_layer(layer_types::zero_padding_2d, std::move(attributes));
}

}  // namespace thaw
