#include <optional>

#include "thaw/compile/optimize.h"
#include "thaw/compile/passes/channel_affine.h"
#include "thaw/compile/passes/rewrite.h"

namespace thaw::compile_passes {
namespace {

using ops::Value;

/// `affine` of the value `source`.
struct AffineOf {
  Value source;
  ChannelAffine affine;
};

/// The row of scales and offsets that ends in `value`, as one, and the value that the row begins
/// with. A scale that other nodes read too is left where it is and ends the row. Nothing where
/// `value` is no such scale.
std::optional<AffineOf> scales_below(const Rewrite& rewrite, Value value) {
  const ops::Graph& graph = rewrite.graph();
  const int64_t channels = graph[value].shape.rank() == 0 ? 1 : graph[value].shape.last();
  AffineOf result{value, channel_affine({{1.0F}, {0.0F}, {}}, channels)};
  while (const auto* map = graph.get_if<ops::ScaleShift>(result.source)) {
    if (map->activation.kind != Activation::Kind::linear || rewrite.uses(result.source) != 1) break;
    result.affine = result.affine.after(channel_affine(*map, channels));
    result.source = graph[result.source].inputs[0];
  }
  if (result.source == value) return std::nullopt;
  return result;
}

/// kernel·scale along its inputs, bias + Σ kernel·offset. `groups` of the kernel's outputs read one
/// part of the channels each.
Value fold(Rewrite& rewrite, const ops::Node& linear, const AffineOf& below, int64_t groups) {
  const ops::Graph& graph = rewrite.graph();
  Tensor kernel = parameter_value(graph[linear.inputs[1]]).clone();
  const auto outputs = static_cast<size_t>(kernel.shape().last());
  const size_t inputs = below.affine.scale.size() / static_cast<size_t>(groups);
  const size_t outputs_a_group = outputs / static_cast<size_t>(groups);
  std::vector<double> bias = bias_values(graph, linear);
  bias.resize(outputs, 0);
  auto values = kernel.values();
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t output = i % outputs;
    const size_t channel = i / outputs % inputs + output / outputs_a_group * inputs;
    const double value = double{values[i]};
    bias[output] += value * below.affine.offset[channel];
    values[i] = static_cast<float>(value * below.affine.scale[channel]);
  }
  return append_folded(rewrite, linear, below.source, std::move(kernel), bias);
}

/// Several scales in a row are one.
Value merge(Rewrite& rewrite, const ops::Node& node, const ops::ScaleShift& map,
            const AffineOf& below) {
  const ChannelAffine merged = channel_affine(map, node.shape.last()).after(below.affine);
  return rewrite.result.append(merged.rounded(map.activation), {rewrite.moved(below.source)},
                               node.name);
}

Value step(Rewrite& rewrite, Value value) {
  const ops::Node& node = rewrite.graph()[value];
  const auto* convolution = std::get_if<ops::Conv2D>(&node.op);
  const auto* map = std::get_if<ops::ScaleShift>(&node.op);
  if (convolution == nullptr && map == nullptr && !std::holds_alternative<ops::MatMul>(node.op))
    return {};
  const auto below = scales_below(rewrite, node.inputs[0]);
  if (!below) return {};
  if (map != nullptr) return merge(rewrite, node, *map, *below);
  if (convolution == nullptr) return fold(rewrite, node, *below, 1);
  // The zeros around an image are not moved by its offset.
  if (convolution->has_residual || (!convolution->padding.none() && below->affine.moves_zero()))
    return {};
  return fold(rewrite, node, *below, convolution->groups);
}

ops::Graph run(const ops::Graph& graph, const DeviceTraits&) {
  Rewrite rewrite(graph);
  return rewrite.run([&](Value value) { return step(rewrite, value); });
}

}  // namespace

extern const Pass fold_scale_shift;
constinit const Pass fold_scale_shift{
    "fold_scale_shift", "scales and offsets become part of the kernel after them", true, &run};

}  // namespace thaw::compile_passes
