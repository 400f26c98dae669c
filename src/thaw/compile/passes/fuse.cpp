#include "thaw/compile/optimize.h"
#include "thaw/compile/passes/rewrite.h"

namespace thaw::compile_passes {
namespace {

using ops::Value;

const Activation* fusible_activation(const ops::Op& op) {
  if (const auto* convolution = std::get_if<ops::Conv2D>(&op)) return &convolution->activation;
  if (const auto* product = std::get_if<ops::MatMul>(&op)) return &product->activation;
  if (const auto* binary = std::get_if<ops::Binary>(&op)) return &binary->activation;
  if (const auto* scaled = std::get_if<ops::ScaleShift>(&op)) return &scaled->activation;
  return nullptr;
}

bool is_linear(const Activation* activation) {
  return activation != nullptr && activation->kind == Activation::Kind::linear;
}

ops::Graph fuse_activations(const ops::Graph& graph, const FusedActivations& fused) {
  Rewrite rewrite(graph);
  return rewrite.run([&](Value value) -> Value {
    const ops::Node& node = graph[value];
    const auto* activate = std::get_if<ops::Activate>(&node.op);
    if (activate == nullptr || !fuses(fused, activate->activation)) return {};
    const Value below = node.inputs[0];
    if (rewrite.uses(below) != 1 || !is_linear(fusible_activation(graph[below].op))) return {};
    ops::Op op = graph[below].op;
    std::visit(
        [&](auto& attributes) {
          if constexpr (requires { attributes.activation; })
            attributes.activation = activate->activation;
        },
        op);
    return rewrite.result.append(std::move(op), rewrite.moved(graph[below].inputs),
                                 graph[below].name);
  });
}

/// conv(x) + y -> conv with residual y, where the convolution has no other reader.
ops::Graph fuse_residuals(const ops::Graph& graph) {
  Rewrite rewrite(graph);
  return rewrite.run([&](Value value) -> Value {
    const ops::Node& node = graph[value];
    const auto* binary = std::get_if<ops::Binary>(&node.op);
    if (binary == nullptr || binary->kind != ops::Binary::Kind::add) return {};
    if (graph[node.inputs[0]].shape != graph[node.inputs[1]].shape ||
        graph[node.inputs[1]].is_parameter()) {
      return {};
    }
    // The later of the two is the branch; the other is ready by then.
    const bool second_is_later = node.inputs[1].index > node.inputs[0].index;
    const Value branch = node.inputs[second_is_later ? 1 : 0];
    const Value residual = node.inputs[second_is_later ? 0 : 1];
    const auto* convolution = graph.get_if<ops::Conv2D>(branch);
    if (convolution == nullptr || convolution->has_residual ||
        !is_linear(&convolution->activation) || rewrite.uses(branch) != 1) {
      return {};
    }
    ops::Conv2D with_residual = *convolution;
    with_residual.has_residual = true;
    with_residual.activation = binary->activation;
    auto inputs = rewrite.moved(graph[branch].inputs);
    inputs.push_back(rewrite.moved(residual));
    return rewrite.result.append(with_residual, std::move(inputs), graph[branch].name);
  });
}

ops::Graph run(const ops::Graph& graph, const DeviceTraits& traits) {
  const ops::Graph fused = fuse_activations(graph, traits.activations);
  if (!traits.fuses_residuals) return fused;
  return fuse_activations(fuse_residuals(fused), traits.activations);
}

}  // namespace

extern const Pass fuse;
constinit const Pass fuse{
    "fuse", "activations and residual sums are applied before a result goes to memory", true, &run};

}  // namespace thaw::compile_passes
