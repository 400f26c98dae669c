#include "thaw/graph/layers/identity.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layers {

ops::Value Identity::lower(const LowerContext&, ops::Value x) const { return x; }

}  // namespace layers

namespace layer_types {
extern const LayerType identity;
constinit const LayerType identity{"Identity", &read_definition<layers::Identity, identity>};
}  // namespace layer_types

Layer identity(layers::Identity attributes) {
  return make_layer(layer_types::identity, std::move(attributes));
}

}  // namespace thaw
