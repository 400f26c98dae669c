#include "thaw/graph/layers/average_pooling_2d.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layer_types {
extern const LayerType average_pooling_2d;
constinit const LayerType average_pooling_2d{
    "AveragePooling2D", &read_definition<layers::AveragePooling2D, average_pooling_2d>};
}  // namespace layer_types

Layer average_pooling_2d(layers::AveragePooling2D attributes) {
  return make_layer(layer_types::average_pooling_2d, std::move(attributes));
}

}  // namespace thaw
