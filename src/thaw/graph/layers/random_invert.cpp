#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Inverts the values in training; otherwise y = x.
extern const LayerType random_invert;
constinit const LayerType random_invert{"RandomInvert", &layers::read_kept_layer<random_invert>};

}  // namespace thaw::layer_types
