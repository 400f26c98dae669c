#include "thaw/graph/layers/random_zoom.h"

#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/in_fit.h"
#include "thaw/ops/kinds/random_affine.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

namespace {

ops::RandomAffine attributes_for(const RandomZoom& layer) {
  const auto zoom = [](const Factor& factor) -> ops::Range {
    const ops::Range range = range_of(factor, -1, 1);
    if (range.low <= -1) throw Error("expected a factor above -1");
    return {1 + range.low, 1 + range.high};
  };
  return {.zoom_rows = zoom(layer.height_factor),
          .zoom_columns = zoom(layer.width_factor.value_or(layer.height_factor)),
          .zooms_alike = !layer.width_factor,
          .interpolation = simple_interpolation_of(layer.interpolation),
          .fill = fill_mode_of(layer.fill_mode),
          .fill_value = layer.fill_value};
}

}  // namespace

Shape RandomZoom::output_shape(const Shape& x) const {
  return ops::output_shape(attributes_for(*this), {&x, 1});
}

ops::Value RandomZoom::lower(const LowerContext& context, ops::Value x) const {
  return in_fit(context, x, attributes_for(*this));
}

}  // namespace layers

namespace layer_types {
extern const LayerType random_zoom;
constinit const LayerType random_zoom{"RandomZoom",
                                      &read_definition<layers::RandomZoom, random_zoom>};
}  // namespace layer_types

Layer random_zoom(layers::RandomZoom attributes) {
  return make_layer(layer_types::random_zoom, std::move(attributes));
}

}  // namespace thaw
