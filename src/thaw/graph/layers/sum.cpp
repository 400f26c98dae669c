#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/reduce.h"

namespace thaw::layer_types {
extern const LayerType sum;
constinit const LayerType sum{
    "Sum", &read_definition<layers::Reduction<ops::Reduce::Kind::sum>, sum>, "keras.src.ops.numpy"};
}  // namespace thaw::layer_types
