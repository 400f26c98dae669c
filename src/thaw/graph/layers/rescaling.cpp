#include "thaw/graph/layers/rescaling.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/scale_shift.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

namespace {

ops::ScaleShift attributes_for(const Rescaling& layer) {
  ops::ScaleShift result{layer.scale, layer.offset};
  const size_t size = std::max(layer.scale.size(), layer.offset.size());
  if (result.scale.size() == 1) result.scale.resize(size, result.scale[0]);
  if (result.offset.size() == 1) result.offset.resize(size, result.offset[0]);
  return result;
}

}  // namespace

Shape Rescaling::output_shape(const Shape& x) const {
  return ops::output_shape(attributes_for(*this), {&x, 1});
}

ops::Value Rescaling::lower(const LowerContext& context, ops::Value x) const {
  auto attributes = attributes_for(*this);
  return context.ops.scale_shift(x, std::move(attributes.scale), std::move(attributes.offset));
}

}  // namespace layers

namespace layer_types {
extern const LayerType rescaling;
constinit const LayerType rescaling{"Rescaling", &read_definition<layers::Rescaling, rescaling>};
}  // namespace layer_types

Layer rescaling(layers::Rescaling attributes) {
  return make_layer(layer_types::rescaling, std::move(attributes));
}

}  // namespace thaw
