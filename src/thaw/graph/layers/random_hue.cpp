#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Turns the hue in training; otherwise y = x.
extern const LayerType random_hue;
constinit const LayerType random_hue{"RandomHue", &layers::read_kept_layer<random_hue>};

}  // namespace thaw::layer_types
