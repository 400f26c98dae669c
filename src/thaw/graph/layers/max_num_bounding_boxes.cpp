#include "thaw/graph/layer_support/kept_layer.h"

namespace thaw::layer_types {

/// Bounds the count of boxes, of which classifiers have none: y = x.
extern const LayerType max_num_bounding_boxes;
constinit const LayerType max_num_bounding_boxes{"MaxNumBoundingBoxes",
                                                 &layers::read_kept_layer<max_num_bounding_boxes>};

}  // namespace thaw::layer_types
