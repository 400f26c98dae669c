#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/batch_matmul.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {
namespace {

/// y = a·b over the last two axes, for each of the others, which are the same in both: a [..., m,
/// k] and b [..., k, n] -> [..., m, n]. Keras 3's operation of this name.
struct Matmul {
  std::string name;

  template <typename Visit>
  void fields(Visit&&) {}
  Shape output_shape(std::span<const Shape> inputs) const;
  ops::Value lower(const LowerContext& context, std::span<const ops::Value> inputs) const;
};

Shape Matmul::output_shape(std::span<const Shape> inputs) const {
  if (inputs.size() != 2)
    throw Error(fmt::format("expected two inputs, received {}", inputs.size()));
  return ops::output_shape(ops::BatchMatMul{}, inputs);
}

ops::Value Matmul::lower(const LowerContext& context, std::span<const ops::Value> inputs) const {
  return context.ops.batch_matmul(inputs[0], inputs[1], {});
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType matmul;
constinit const LayerType matmul{"Matmul", &read_definition<layers::Matmul, matmul>,
                                 "keras.src.ops.numpy"};
}  // namespace layer_types

}  // namespace thaw
