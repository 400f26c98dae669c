#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Changes the saturation in training; otherwise y = x.
extern const LayerType random_saturation;
constinit const LayerType random_saturation{"RandomSaturation",
                                            &layers::read_kept_layer<random_saturation>};

}  // namespace thaw::layer_types
