#include "thaw/graph/layers/global_max_pooling_2d.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layer_types {
extern const LayerType global_max_pooling_2d;
constinit const LayerType global_max_pooling_2d{
    "GlobalMaxPooling2D", &read_definition<layers::GlobalMaxPooling2D, global_max_pooling_2d>};
}  // namespace layer_types

Layer global_max_pooling_2d(layers::GlobalMaxPooling2D attributes) {
  return make_layer(layer_types::global_max_pooling_2d, std::move(attributes));
}

}  // namespace thaw
