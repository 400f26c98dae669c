#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Blurs in training; otherwise y = x.
extern const LayerType random_gaussian_blur;
constinit const LayerType random_gaussian_blur{"RandomGaussianBlur",
                                               &layers::read_kept_layer<random_gaussian_blur>};

}  // namespace thaw::layer_types
