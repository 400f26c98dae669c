#include "thaw/graph/layer_support/random_coloring.h"

#include "thaw/graph/layer_support/in_fit.h"
#include "thaw/ops/output_shape.h"

namespace thaw::layers {
namespace {

template <Coloring what>
ops::RandomColor attributes_for(const RandomColoring<what>& layer) {
  if constexpr (what == Coloring::brightness) {
    const ops::Range range = range_of(layer.factor, -1, 1);
    const ops::Range limits = limits_of(layer.value_range);
    const float width = limits.high - limits.low;
    return {.brightness = {range.low * width, range.high * width}, .limits = limits};
  } else {
    const bool is_number = layer.factor.numbers.size() == 1;
    const ops::Range range = range_of(layer.factor, is_number ? 0.0F : -1.0F, 1);
    return {.contrast = {1 - range.low, 1 + range.high}, .limits = limits_of(layer.value_range)};
  }
}

}  // namespace

template <Coloring what>
Shape RandomColoring<what>::output_shape(const Shape& x) const {
  return ops::output_shape(attributes_for(*this), {&x, 1});
}

template <Coloring what>
ops::Value RandomColoring<what>::lower(const LowerContext& context, ops::Value x) const {
  return in_fit(context, x, attributes_for(*this));
}

template struct RandomColoring<Coloring::brightness>;
template struct RandomColoring<Coloring::contrast>;

}  // namespace thaw::layers
