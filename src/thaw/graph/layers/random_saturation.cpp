#include "thaw/graph/layer_support/image_layer.h"
#include "thaw/graph/layer_support/random_colors.h"

namespace thaw::layer_types {
extern const LayerType random_saturation;
constinit const LayerType random_saturation{
    "RandomSaturation",
    &layers::read_image_layer<layers::ImageLayer<layers::RandomSaturation>, random_saturation>};
}  // namespace thaw::layer_types
