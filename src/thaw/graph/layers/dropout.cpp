#include "thaw/graph/layers/dropout.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layers {

Shape Dropout::output_shape(const Shape& x) const {
  if (!(rate >= 0 && rate <= 1))
    throw Error(fmt::format("expected a rate from 0 to 1, received {}", rate));
  return x;
}

ops::Value Dropout::lower(const LowerContext& context, ops::Value x) const {
  if (context.phase == ops::Phase::inference || rate == 0) return x;
  return context.ops.dropout(x, {.rate = rate, .phase = context.phase});
}

}  // namespace layers

namespace layer_types {
extern const LayerType dropout;
constinit const LayerType dropout{"Dropout", &read_definition<layers::Dropout, dropout>};
}  // namespace layer_types

Layer dropout(layers::Dropout attributes) {
  return make_layer(layer_types::dropout, std::move(attributes));
}

}  // namespace thaw
