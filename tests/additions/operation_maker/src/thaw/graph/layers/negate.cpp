#include "thaw/graph/layers/negate.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/builder.h"

namespace thaw {
namespace layers {

Shape Negate::output_shape(const Shape& x) const { return x; }

ops::Value Negate::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.negate(x);
}

}  // namespace layers

namespace layer_types {
extern const LayerType negate;
constinit const LayerType negate{"Negate", &read_definition<layers::Negate, negate>};
}  // namespace layer_types

Layer negate(layers::Negate attributes) {
  return make_layer(layer_types::negate, std::move(attributes));
}

}  // namespace thaw
