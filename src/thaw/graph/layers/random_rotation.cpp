#include "thaw/graph/layers/random_rotation.h"

#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/in_fit.h"
#include "thaw/ops/kinds/random_affine.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

namespace {

ops::RandomAffine attributes_for(const RandomRotation& layer) {
  return {.turn = range_of(layer.factor, -1, 1),
          .interpolation = simple_interpolation_of(layer.interpolation),
          .fill = fill_mode_of(layer.fill_mode),
          .fill_value = layer.fill_value};
}

}  // namespace

Shape RandomRotation::output_shape(const Shape& x) const {
  return ops::output_shape(attributes_for(*this), {&x, 1});
}

ops::Value RandomRotation::lower(const LowerContext& context, ops::Value x) const {
  return in_fit(context, x, attributes_for(*this));
}

}  // namespace layers

namespace layer_types {
extern const LayerType random_rotation;
constinit const LayerType random_rotation{
    "RandomRotation", &read_definition<layers::RandomRotation, random_rotation>};
}  // namespace layer_types

Layer random_rotation(layers::RandomRotation attributes) {
  return make_layer(layer_types::random_rotation, std::move(attributes));
}

}  // namespace thaw
