#include "thaw/graph/layers/average.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layer_types {
extern const LayerType average;
constinit const LayerType average{"Average", &read_definition<layers::Average, average>};
}  // namespace layer_types

Layer average(layers::Average attributes) {
  return make_layer(layer_types::average, std::move(attributes));
}

}  // namespace thaw
