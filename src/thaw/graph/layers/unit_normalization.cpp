#include <limits>

#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/reduce.h"
#include "thaw/ops/kinds/elementwise.h"

namespace thaw {
namespace layers {
namespace {

/// y = x/√Σx² along `axis` (−1 the last), 0 where all is 0.
struct UnitNormalization {
  std::vector<int64_t> axis = {-1};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("axis", axis);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

Shape UnitNormalization::output_shape(const Shape& x) const {
  (void)axes_without_batch(axis, x);
  return x;
}

ops::Value UnitNormalization::lower(const LowerContext& context, ops::Value x) const {
  // Keras holds 1/√Σx² within 1e12.
  constexpr float least = 1e-24F;
  const auto apply = [&](ops::Elementwise attributes, ops::Value value) {
    return context.ops.elementwise(value, attributes);
  };
  using Kind = ops::Elementwise::Kind;
  const ops::Value squares = apply({.kind = Kind::power, .exponent = 2.0F}, x);
  const ops::Value sum = reduce(context, ops::Reduce::Kind::sum, squares, axis, true);
  const ops::Value held = apply(
      {.kind = Kind::clip, .lowest = least, .highest = std::numeric_limits<float>::max()}, sum);
  return context.ops.multiply(x, apply({.kind = Kind::power, .exponent = -0.5F}, held));
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType unit_normalization;
constinit const LayerType unit_normalization{
    "UnitNormalization", &read_definition<layers::UnitNormalization, unit_normalization>};
}  // namespace layer_types

}  // namespace thaw
