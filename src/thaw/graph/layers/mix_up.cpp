#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Mixes two images in training; otherwise y = x.
extern const LayerType mix_up;
constinit const LayerType mix_up{"MixUp", &layers::read_kept_layer<mix_up>};

}  // namespace thaw::layer_types
