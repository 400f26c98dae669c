#include "thaw/graph/layers/multiply.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layer_types {
extern const LayerType multiply;
constinit const LayerType multiply{"Multiply", &read_definition<layers::Multiply, multiply>};
}  // namespace layer_types

Layer multiply(layers::Multiply attributes) {
  return make_layer(layer_types::multiply, std::move(attributes));
}

}  // namespace thaw
