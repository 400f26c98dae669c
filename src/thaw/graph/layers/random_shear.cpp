#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Shears in training; otherwise y = x.
extern const LayerType random_shear;
constinit const LayerType random_shear{"RandomShear", &layers::read_kept_layer<random_shear>};

}  // namespace thaw::layer_types
