#include "thaw/graph/layers/max_pooling_2d.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layer_types {
extern const LayerType max_pooling_2d;
constinit const LayerType max_pooling_2d{"MaxPooling2D",
                                         &read_definition<layers::MaxPooling2D, max_pooling_2d>};
}  // namespace layer_types

Layer max_pooling_2d(layers::MaxPooling2D attributes) {
  return make_layer(layer_types::max_pooling_2d, std::move(attributes));
}

}  // namespace thaw
