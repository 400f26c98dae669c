#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Erases a rectangle in training; otherwise y = x.
extern const LayerType random_erasing;
constinit const LayerType random_erasing{"RandomErasing", &layers::read_kept_layer<random_erasing>};

}  // namespace thaw::layer_types
