#include "thaw/compile/optimize.h"
#include "thaw/compile/passes/rewrite.h"

namespace thaw::compile_passes {
namespace {

using ops::Value;

/// Tiles of 4×4 pixels take 36 products a pair of channels, whole or not, in place of 9 a pixel.
/// With fewer channels the transforms take what the products save (DenseNet's 128 to 32: a tenth is
/// left), and each layer rounds more than the direct one does.
bool saves_time(const ops::Conv2D& op, const Shape& kernel, const Shape& result) {
  constexpr int64_t least_in = 32;
  constexpr int64_t least_out = 64;
  constexpr int64_t together = 8;
  const int64_t tiles = (result[0] + 3) / 4 * ((result[1] + 3) / 4);
  return op.groups == 1 && kernel[0] == 3 && kernel[1] == 3 && op.strides == Size2(1) &&
         op.dilations == Size2(1) && kernel[2] >= least_in && kernel[3] >= least_out &&
         kernel[2] % together == 0 && kernel[3] % together == 0 &&
         9 * result[0] * result[1] > 2 * 36 * tiles &&
         (op.activation.kind == Activation::Kind::linear || op.activation.is_simple_relu());
}

ops::Graph run(const ops::Graph& graph) {
  Rewrite rewrite(graph);
  return rewrite.run([&](Value value) -> Value {
    const ops::Node& node = graph[value];
    const auto* convolution = std::get_if<ops::Conv2D>(&node.op);
    if (convolution == nullptr ||
        !saves_time(*convolution, graph[node.inputs[1]].shape, node.shape)) {
      return {};
    }
    ops::Conv2D faster = *convolution;
    faster.winograd = true;
    return rewrite.result.append(faster, rewrite.moved(node.inputs), node.name);
  });
}

}  // namespace

extern const Pass winograd;
constinit const Pass winograd{
    "winograd", "3×3 convolutions are computed in tiles, with a quarter of the products", true,
    &run};

}  // namespace thaw::compile_passes
