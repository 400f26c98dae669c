#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/elementwise.h"

namespace thaw {
namespace layers {
namespace {

/// y = ln x: Keras 3's operation of this name.
struct Log {
  std::string name;

  template <typename Visit>
  void fields(Visit&&) {}
  Shape output_shape(const Shape& x) const { return x; }
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

ops::Value Log::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.elementwise(x, {.kind = ops::Elementwise::Kind::logarithm});
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType log;
constinit const LayerType log{"Log", &read_definition<layers::Log, log>, "keras.src.ops.numpy"};
}  // namespace layer_types

}  // namespace thaw
