#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Displaces pixels by a smooth field in training; otherwise y = x.
extern const LayerType random_elastic_transform;
constinit const LayerType random_elastic_transform{
    "RandomElasticTransform", &layers::read_kept_layer<random_elastic_transform>};

}  // namespace thaw::layer_types
