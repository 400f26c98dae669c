#include "thaw/graph/layers/subtract.h"

#include "thaw/graph/describe.h"

namespace thaw {
namespace layer_types {
extern const LayerType subtract;
constinit const LayerType subtract{"Subtract", &read_definition<layers::Subtract, subtract>};
}  // namespace layer_types

Layer subtract(layers::Subtract attributes) {
  return make_layer(layer_types::subtract, std::move(attributes));
}

}  // namespace thaw
