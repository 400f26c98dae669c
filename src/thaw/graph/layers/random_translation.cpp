#include "thaw/graph/layers/random_translation.h"

#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/in_fit.h"
#include "thaw/ops/kinds/random_affine.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

namespace {

ops::RandomAffine attributes_for(const RandomTranslation& layer) {
  return {.shift_rows = range_of(layer.height_factor, -1, 1),
          .shift_columns = range_of(layer.width_factor, -1, 1),
          .interpolation = simple_interpolation_of(layer.interpolation),
          .fill = fill_mode_of(layer.fill_mode),
          .fill_value = layer.fill_value};
}

}  // namespace

Shape RandomTranslation::output_shape(const Shape& x) const {
  return ops::output_shape(attributes_for(*this), {&x, 1});
}

ops::Value RandomTranslation::lower(const LowerContext& context, ops::Value x) const {
  return in_fit(context, x, attributes_for(*this));
}

}  // namespace layers

namespace layer_types {
extern const LayerType random_translation;
constinit const LayerType random_translation{
    "RandomTranslation", &read_definition<layers::RandomTranslation, random_translation>};
}  // namespace layer_types

Layer random_translation(layers::RandomTranslation attributes) {
  return make_layer(layer_types::random_translation, std::move(attributes));
}

}  // namespace thaw
