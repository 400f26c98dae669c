#include "thaw/graph/layers/add.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layer_types {
extern const LayerType add;
constinit const LayerType add{"Add", &read_definition<layers::Add, add>};
}  // namespace layer_types

Layer add(layers::Add attributes) { return make_layer(layer_types::add, std::move(attributes)); }

}  // namespace thaw
