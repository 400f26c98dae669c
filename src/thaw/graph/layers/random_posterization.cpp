#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Leaves few levels of a value in training; otherwise y = x.
extern const LayerType random_posterization;
constinit const LayerType random_posterization{"RandomPosterization",
                                               &layers::read_kept_layer<random_posterization>};

}  // namespace thaw::layer_types
