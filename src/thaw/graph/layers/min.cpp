#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/reduce.h"

namespace thaw::layer_types {
extern const LayerType min;
constinit const LayerType min{"Min",
                              &read_definition<layers::Reduction<ops::Reduce::Kind::minimum>, min>,
                              "keras.src.ops.numpy"};
}  // namespace thaw::layer_types
