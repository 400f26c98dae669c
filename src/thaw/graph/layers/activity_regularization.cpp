#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// y = x; the penalty that it adds to the loss is no part of the graph.
extern const LayerType activity_regularization;
constinit const LayerType activity_regularization{
    "ActivityRegularization", &layers::read_kept_layer<activity_regularization>};

}  // namespace thaw::layer_types
