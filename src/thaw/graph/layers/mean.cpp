#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/reduce.h"

namespace thaw::layer_types {
extern const LayerType mean;
constinit const LayerType mean{"Mean",
                               &read_definition<layers::Reduction<ops::Reduce::Kind::mean>, mean>,
                               "keras.src.ops.numpy"};
}  // namespace thaw::layer_types
