#include "thaw/graph/layers/repeat_vector.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layers {

Shape RepeatVector::output_shape(const Shape& x) const {
  if (x.rank() != 1 || n < 1 || n > 65536) {
    throw Error(fmt::format("expected a vector and an n of 1 to 65536, received {} and {}",
                            x.to_string(), n));
  }
  return {n, x[0]};
}

ops::Value RepeatVector::lower(const LowerContext& context, ops::Value x) const {
  const ops::Value row = context.ops.reshape(x, {1, context.ops.shape(x)[0]});
  return n == 1 ? row : context.ops.concatenate(std::vector(static_cast<size_t>(n), row), 0);
}

}  // namespace layers

namespace layer_types {
extern const LayerType repeat_vector;
constinit const LayerType repeat_vector{"RepeatVector",
                                        &read_definition<layers::RepeatVector, repeat_vector>};
}  // namespace layer_types

Layer repeat_vector(layers::RepeatVector attributes) {
  return make_layer(layer_types::repeat_vector, std::move(attributes));
}

}  // namespace thaw
