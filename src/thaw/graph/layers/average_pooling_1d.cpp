#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/pooling_1d.h"

namespace thaw::layer_types {
extern const LayerType average_pooling_1d;
constinit const LayerType average_pooling_1d{
    "AveragePooling1D",
    &read_definition<layers::Pooling1D<ops::Pool2D::Kind::average>, average_pooling_1d>};
}  // namespace thaw::layer_types
