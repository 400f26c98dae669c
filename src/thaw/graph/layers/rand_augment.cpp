#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Applies augmentations drawn from a list in training; otherwise y = x.
extern const LayerType rand_augment;
constinit const LayerType rand_augment{"RandAugment", &layers::read_kept_layer<rand_augment>};

}  // namespace thaw::layer_types
