#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/reduce.h"

namespace thaw::layer_types {
extern const LayerType max;
constinit const LayerType max{"Max",
                              &read_definition<layers::Reduction<ops::Reduce::Kind::maximum>, max>,
                              "keras.src.ops.numpy"};
}  // namespace thaw::layer_types
