#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/elementwise.h"

namespace thaw {
namespace layers {
namespace {

/// y = −1, 0 or 1, as x is: Keras 3's operation of this name.
struct Sign {
  std::string name;

  template <typename Visit>
  void fields(Visit&&) {}
  Shape output_shape(const Shape& x) const { return x; }
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

ops::Value Sign::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.elementwise(x, {.kind = ops::Elementwise::Kind::sign});
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType sign;
constinit const LayerType sign{"Sign", &read_definition<layers::Sign, sign>, "keras.src.ops.numpy"};
}  // namespace layer_types

}  // namespace thaw
