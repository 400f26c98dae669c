#include "thaw/graph/layers/random_flip.h"

#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/in_fit.h"
#include "thaw/ops/kinds/random_affine.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

namespace {

ops::RandomAffine attributes_for(const RandomFlip& layer) {
  const bool both = layer.mode == "horizontal_and_vertical";
  if (!both && layer.mode != "horizontal" && layer.mode != "vertical") {
    throw Error(
        fmt::format("expected a mode among horizontal, vertical, horizontal_and_vertical; "
                    "received \"{}\"",
                    layer.mode));
  }
  return {.flips_rows = both || layer.mode == "vertical",
          .flips_columns = both || layer.mode == "horizontal",
          .interpolation = Interpolation::nearest};
}

}  // namespace

Shape RandomFlip::output_shape(const Shape& x) const {
  return ops::output_shape(attributes_for(*this), {&x, 1});
}

ops::Value RandomFlip::lower(const LowerContext& context, ops::Value x) const {
  return in_fit(context, x, attributes_for(*this));
}

}  // namespace layers

namespace layer_types {
extern const LayerType random_flip;
constinit const LayerType random_flip{"RandomFlip",
                                      &read_definition<layers::RandomFlip, random_flip>};
}  // namespace layer_types

Layer random_flip(layers::RandomFlip attributes) {
  return make_layer(layer_types::random_flip, std::move(attributes));
}

}  // namespace thaw
