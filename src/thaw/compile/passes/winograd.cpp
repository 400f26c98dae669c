#include "thaw/compile/optimize.h"
#include "thaw/compile/passes/rewrite.h"

namespace thaw::compile_passes {
namespace {

using ops::Value;

bool saves_time(const WinogradTraits& traits, const ops::Conv2D& op, const Shape& kernel,
                const Shape& result) {
  const int64_t tiles = (result[0] + 3) / 4 * ((result[1] + 3) / 4);
  const bool is_3x3 = kernel[0] == 3 && kernel[1] == 3 && op.groups == 1 &&
                      op.strides == Size2(1) && op.dilations == Size2(1);
  return is_3x3 && kernel[2] >= traits.least_inputs && kernel[3] >= traits.least_outputs &&
         kernel[2] % traits.together == 0 && kernel[3] % traits.together == 0 &&
         9 * result[0] * result[1] > traits.least_saving * 36 * tiles &&
         (op.activation.kind == Activation::Kind::linear ||
          fuses(traits.activations, op.activation));
}

ops::Graph run(const ops::Graph& graph, const DeviceTraits& traits) {
  if (!traits.winograd) return graph.without_dead_nodes();
  Rewrite rewrite(graph);
  return rewrite.run([&](Value value) -> Value {
    const ops::Node& node = graph[value];
    const auto* convolution = std::get_if<ops::Conv2D>(&node.op);
    if (convolution == nullptr ||
        !saves_time(*traits.winograd, *convolution, graph[node.inputs[1]].shape, node.shape)) {
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
