#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Changes brightness, contrast, saturation and hue in training; otherwise y = x.
extern const LayerType random_color_jitter;
constinit const LayerType random_color_jitter{"RandomColorJitter",
                                              &layers::read_kept_layer<random_color_jitter>};

}  // namespace thaw::layer_types
