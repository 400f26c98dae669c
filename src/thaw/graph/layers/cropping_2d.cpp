#include "thaw/graph/layers/cropping_2d.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/crop_2d.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

Shape Cropping2D::output_shape(const Shape& x) const {
  return ops::output_shape(ops::Crop2D{cropping}, {&x, 1});
}

ops::Value Cropping2D::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.crop_2d(x, cropping);
}

}  // namespace layers

namespace layer_types {
extern const LayerType cropping_2d;
constinit const LayerType cropping_2d{"Cropping2D",
                                      &read_definition<layers::Cropping2D, cropping_2d>};
}  // namespace layer_types

Layer cropping_2d(layers::Cropping2D attributes) {
  return make_layer(layer_types::cropping_2d, std::move(attributes));
}

}  // namespace thaw
