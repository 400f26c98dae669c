#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Mixes an image with its grey self in training; otherwise y = x.
extern const LayerType random_color_degeneration;
constinit const LayerType random_color_degeneration{
    "RandomColorDegeneration", &layers::read_kept_layer<random_color_degeneration>};

}  // namespace thaw::layer_types
