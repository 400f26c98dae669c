#include "thaw/graph/layer_support/image_layer.h"
#include "thaw/graph/layer_support/random_colors.h"

namespace thaw::layer_types {
extern const LayerType random_hue;
constinit const LayerType random_hue{
    "RandomHue", &layers::read_image_layer<layers::ImageLayer<layers::RandomHue>, random_hue>};
}  // namespace thaw::layer_types
