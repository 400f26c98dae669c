#include "thaw/graph/layers/random_contrast.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/random_color.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layer_types {
extern const LayerType random_contrast;
constinit const LayerType random_contrast{
    "RandomContrast", &read_definition<layers::RandomContrast, random_contrast>};
}  // namespace layer_types

Layer random_contrast(layers::RandomContrast attributes) {
  return make_layer(layer_types::random_contrast, std::move(attributes));
}

}  // namespace thaw
