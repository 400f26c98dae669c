#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/elementwise.h"

namespace thaw {
namespace layers {
namespace {

/// y = x, with no gradient for what is before: Keras 3's operation of this name.
struct StopGradient {
  std::string name;

  template <typename Visit>
  void fields(Visit&&) {}
  Shape output_shape(const Shape& x) const { return x; }
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

ops::Value StopGradient::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.elementwise(x, {.kind = ops::Elementwise::Kind::stop_gradient});
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType stop_gradient;
constinit const LayerType stop_gradient{
    "StopGradient", &read_definition<layers::StopGradient, stop_gradient>, "keras.src.ops.core"};
}  // namespace layer_types

}  // namespace thaw
