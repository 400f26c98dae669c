#include "thaw/graph/layers/minimum.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layer_types {
extern const LayerType minimum;
constinit const LayerType minimum{"Minimum", &read_definition<layers::Minimum, minimum>};
}  // namespace layer_types

Layer minimum(layers::Minimum attributes) {
  return make_layer(layer_types::minimum, std::move(attributes));
}

}  // namespace thaw
