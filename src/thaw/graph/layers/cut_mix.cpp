#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Puts a part of another image in its place in training; otherwise y = x.
extern const LayerType cut_mix;
constinit const LayerType cut_mix{"CutMix", &layers::read_kept_layer<cut_mix>};

}  // namespace thaw::layer_types
