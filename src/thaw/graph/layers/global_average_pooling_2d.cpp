#include "thaw/graph/layers/global_average_pooling_2d.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layer_types {
extern const LayerType global_average_pooling_2d;
constinit const LayerType global_average_pooling_2d{
    "GlobalAveragePooling2D",
    &read_definition<layers::GlobalAveragePooling2D, global_average_pooling_2d>};
}  // namespace layer_types

Layer global_average_pooling_2d(layers::GlobalAveragePooling2D attributes) {
  return make_layer(layer_types::global_average_pooling_2d, std::move(attributes));
}

}  // namespace thaw
