#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/elementwise.h"

namespace thaw {
namespace layers {
namespace {

/// y = ⌊x⌋: Keras 3's operation of this name.
struct Floor {
  std::string name;

  template <typename Visit>
  void fields(Visit&&) {}
  Shape output_shape(const Shape& x) const { return x; }
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

ops::Value Floor::lower(const LowerContext& context, ops::Value x) const {
  return context.ops.elementwise(x, {.kind = ops::Elementwise::Kind::floor});
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType floor;
constinit const LayerType floor{"Floor", &read_definition<layers::Floor, floor>,
                                "keras.src.ops.numpy"};
}  // namespace layer_types

}  // namespace thaw
