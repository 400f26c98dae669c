#include <cmath>
#include <optional>

#include "thaw/compile/optimize.h"
#include "thaw/compile/passes/channel_affine.h"
#include "thaw/compile/passes/rewrite.h"

namespace thaw::compile_passes {
namespace {

using ops::Value;

/// Batch normalization by fixed statistics.
ChannelAffine affine_of(const ops::Graph& graph, const ops::Node& node,
                        const ops::BatchNormalization& op) {
  size_t next = 1;
  const auto parameter = [&] { return parameter_value(graph[node.inputs[next++]]); };
  const Tensor gamma = op.has_scale ? parameter() : Tensor();
  const Tensor beta = op.has_center ? parameter() : Tensor();
  const Tensor mean = parameter();
  const Tensor variance = parameter();
  ChannelAffine result;
  for (size_t c = 0; c < mean.values().size(); ++c) {
    const double deviation =
        std::sqrt(static_cast<double>(variance.values()[c]) + static_cast<double>(op.epsilon));
    const double scale = (op.has_scale ? static_cast<double>(gamma.values()[c]) : 1.0) / deviation;
    const double center = op.has_center ? static_cast<double>(beta.values()[c]) : 0.0;
    result.scale.push_back(scale);
    result.offset.push_back(center - static_cast<double>(mean.values()[c]) * scale);
  }
  return result;
}

/// A product with one weight a channel, such as ConvNeXt's layer scale.
bool scales_channels(const ops::Graph& graph, const ops::Node& node) {
  const auto* binary = std::get_if<ops::Binary>(&node.op);
  return binary != nullptr && binary->kind == ops::Binary::Kind::multiply &&
         binary->activation.kind == Activation::Kind::linear &&
         graph[node.inputs[1]].is_parameter() &&
         graph[node.inputs[1]].shape.elements() == node.shape.last() &&
         graph[node.inputs[1]].shape.last() == node.shape.last();
}

/// What the node does to each channel; none where it does anything else.
std::optional<ChannelAffine> affine_of(const ops::Graph& graph, const ops::Node& node) {
  if (const auto* op = std::get_if<ops::BatchNormalization>(&node.op)) {
    if (op->phase != ops::Phase::inference) return std::nullopt;
    return affine_of(graph, node, *op);
  }
  if (scales_channels(graph, node)) {
    const Tensor weight = parameter_value(graph[node.inputs[1]]);
    ChannelAffine result{{weight.values().begin(), weight.values().end()}, {}};
    result.offset.resize(result.scale.size(), 0);
    return result;
  }
  const auto* map = std::get_if<ops::ScaleShift>(&node.op);
  if (map == nullptr || map->activation.kind != Activation::Kind::linear) return std::nullopt;
  return channel_affine(*map, node.shape.last());
}

/// The convolution or product with the affine map on its output: kernel·scale, bias·scale + offset.
Value fold(Rewrite& rewrite, const ops::Node& linear, const ChannelAffine& affine) {
  const ops::Graph& graph = rewrite.graph();
  Tensor kernel = parameter_value(graph[linear.inputs[1]]).clone();
  const size_t channels = affine.scale.size();
  auto values = kernel.values();
  for (size_t row = 0; row < values.size(); row += channels) {
    for (size_t c = 0; c < channels; ++c)
      values[row + c] = static_cast<float>(static_cast<double>(values[row + c]) * affine.scale[c]);
  }
  std::vector<double> offset = affine.offset;
  const std::vector<double> bias = bias_values(graph, linear);
  for (size_t c = 0; c < bias.size(); ++c) offset[c] += bias[c] * affine.scale[c];
  return append_folded(rewrite, linear, linear.inputs[0], std::move(kernel), offset);
}

bool can_take(const ops::Node& node) {
  if (const auto* convolution = std::get_if<ops::Conv2D>(&node.op)) {
    return !convolution->has_residual && convolution->activation.kind == Activation::Kind::linear;
  }
  const auto* product = std::get_if<ops::MatMul>(&node.op);
  return product != nullptr && product->activation.kind == Activation::Kind::linear;
}

ops::Graph run(const ops::Graph& graph, const DeviceTraits&) {
  Rewrite rewrite(graph);
  return rewrite.run([&](Value value) -> Value {
    const ops::Node& node = graph[value];
    const auto affine = affine_of(graph, node);
    if (!affine) return {};
    const ops::Node& below = graph[node.inputs[0]];
    if (can_take(below) && rewrite.uses(node.inputs[0]) == 1) return fold(rewrite, below, *affine);
    if (std::holds_alternative<ops::ScaleShift>(node.op)) return {};
    return rewrite.result.append(affine->rounded(), {rewrite.moved(node.inputs[0])}, node.name);
  });
}

}  // namespace

extern const Pass fold_batch_norm;
constinit const Pass fold_batch_norm{
    "fold_batch_norm",
    "batch normalization by fixed statistics and scales become part of the kernel before them",
    true, &run};

}  // namespace thaw::compile_passes
