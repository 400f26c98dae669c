#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/elementwise.h"

namespace thaw {
namespace layers {
namespace {

/// y = the nearest whole number, of two the even one: Keras 3's operation of this name.
struct Round {
  std::string name;

  template <typename Visit>
  void fields(Visit&&) {}
  Shape output_shape(const Shape& x) const { return x; }
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

ops::Value Round::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.elementwise(x, {.kind = ops::Elementwise::Kind::round});
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType round;
constinit const LayerType round{"Round", &read_definition<layers::Round, round>,
                                "keras.src.ops.numpy"};
}  // namespace layer_types

}  // namespace thaw
