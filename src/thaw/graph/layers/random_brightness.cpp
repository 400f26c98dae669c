#include "thaw/graph/layers/random_brightness.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/random_color.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layer_types {
extern const LayerType random_brightness;
constinit const LayerType random_brightness{
    "RandomBrightness", &read_definition<layers::RandomBrightness, random_brightness>};
}  // namespace layer_types

Layer random_brightness(layers::RandomBrightness attributes) {
  return make_layer(layer_types::random_brightness, std::move(attributes));
}

}  // namespace thaw
