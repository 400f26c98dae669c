#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Equalizes each channel's histogram in training; otherwise y = x.
extern const LayerType equalization;
constinit const LayerType equalization{"Equalization", &layers::read_kept_layer<equalization>};

}  // namespace thaw::layer_types
