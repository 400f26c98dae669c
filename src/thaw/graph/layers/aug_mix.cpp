#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Mixes several augmented copies of an image in training; otherwise y = x.
extern const LayerType aug_mix;
constinit const LayerType aug_mix{"AugMix", &layers::read_kept_layer<aug_mix>};

}  // namespace thaw::layer_types
