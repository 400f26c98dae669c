#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Changes the sharpness in training; otherwise y = x.
extern const LayerType random_sharpness;
constinit const LayerType random_sharpness{"RandomSharpness",
                                           &layers::read_kept_layer<random_sharpness>};

}  // namespace thaw::layer_types
