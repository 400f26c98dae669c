#include "thaw/graph/layers/permute.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/transpose.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

namespace {

ops::Transpose attributes_for(const Permute& layer) {
  ops::Transpose result;
  for (const int64_t axis : layer.dims) {
    if (axis < 1 || axis > static_cast<int64_t>(layer.dims.size())) {
      throw Error(fmt::format("expected dims from 1 to {}, each once, received {}",
                              layer.dims.size(), axis));
    }
    result.order.push_back(static_cast<int>(axis - 1));
  }
  return result;
}

}  // namespace

Shape Permute::output_shape(const Shape& x) const {
  return ops::output_shape(attributes_for(*this), {&x, 1});
}

ops::Value Permute::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.transpose(x, attributes_for(*this).order);
}

}  // namespace layers

namespace layer_types {
extern const LayerType permute;
constinit const LayerType permute{"Permute", &read_definition<layers::Permute, permute>};
}  // namespace layer_types

Layer permute(layers::Permute attributes) {
  return make_layer(layer_types::permute, std::move(attributes));
}

}  // namespace thaw
