#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/pooling_1d.h"

namespace thaw::layer_types {
extern const LayerType max_pooling_1d;
constinit const LayerType max_pooling_1d{
    "MaxPooling1D",
    &read_definition<layers::Pooling1D<ops::Pool2D::Kind::maximum>, max_pooling_1d>};
}  // namespace thaw::layer_types
