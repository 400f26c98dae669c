#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Looks at an image from aside in training; otherwise y = x.
extern const LayerType random_perspective;
constinit const LayerType random_perspective{"RandomPerspective",
                                             &layers::read_kept_layer<random_perspective>};

}  // namespace thaw::layer_types
