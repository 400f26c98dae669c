#include "thaw/graph/layers/maximum.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layer_types {
extern const LayerType maximum;
constinit const LayerType maximum{"Maximum", &read_definition<layers::Maximum, maximum>};
}  // namespace layer_types

Layer maximum(layers::Maximum attributes) {
  return make_layer(layer_types::maximum, std::move(attributes));
}

}  // namespace thaw
