#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Takes the colours away in training; otherwise y = x.
extern const LayerType random_grayscale;
constinit const LayerType random_grayscale{"RandomGrayscale",
                                           &layers::read_kept_layer<random_grayscale>};

}  // namespace thaw::layer_types
