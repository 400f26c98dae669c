#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Applies its layers one after the other in training; otherwise y = x.
extern const LayerType pipeline;
constinit const LayerType pipeline{"Pipeline", &layers::read_kept_layer<pipeline>};

}  // namespace thaw::layer_types
