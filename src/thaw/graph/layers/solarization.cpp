#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Inverts the values above a threshold in training; otherwise y = x.
extern const LayerType solarization;
constinit const LayerType solarization{"Solarization", &layers::read_kept_layer<solarization>};

}  // namespace thaw::layer_types
