#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/elementwise.h"

namespace thaw {
namespace layers {
namespace {

/// y = min(max(x, x_min), x_max): Keras 3's operation of this name.
struct Clip {
  float x_min = 0.0F;
  float x_max = 1.0F;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("x_min", x_min);
    visit("x_max", x_max);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

Shape Clip::output_shape(const Shape& x) const {
  if (!(x_min <= x_max))
    throw Error(fmt::format("expected an x_min up to x_max, received {} and {}", x_min, x_max));
  return x;
}

ops::Value Clip::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.elementwise(
      x, {.kind = ops::Elementwise::Kind::clip, .lowest = x_min, .highest = x_max});
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType clip;
constinit const LayerType clip{"Clip", &read_definition<layers::Clip, clip>, "keras.src.ops.numpy"};
}  // namespace layer_types

}  // namespace thaw
