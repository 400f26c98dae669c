#include <algorithm>
#include <optional>

#include "thaw/compile/optimize.h"
#include "thaw/compile/passes/rewrite.h"

namespace thaw::compile_passes {
namespace {

using ops::Value;

/// source·scale + offset, one number a channel. In double, so that what is folded is rounded once.
struct Affine {
  Value source;
  std::vector<double> scale;
  std::vector<double> offset;

  bool moves_zero() const {
    return std::ranges::any_of(offset, [](double number) { return number != 0; });
  }
};

double at(const std::vector<float>& numbers, size_t channel) {
  return double{numbers[numbers.size() == 1 ? 0 : channel]};
}

/// `value` as an affine map of the lowest value that nobody else needs on the way; none where it is
/// no such map.
std::optional<Affine> affine_of(const Rewrite& rewrite, Value value) {
  const ops::Graph& graph = rewrite.graph();
  const auto channels = static_cast<size_t>(graph[value].shape.last());
  Affine result{value, std::vector<double>(channels, 1), std::vector<double>(channels, 0)};
  while (const auto* map = graph.get_if<ops::ScaleShift>(result.source)) {
    if (map->activation.kind != Activation::Kind::linear || rewrite.uses(result.source) != 1) break;
    for (size_t c = 0; c < channels; ++c) {
      result.offset[c] += result.scale[c] * at(map->offset, c);
      result.scale[c] *= at(map->scale, c);
    }
    result.source = graph[result.source].inputs[0];
  }
  if (result.source == value) return std::nullopt;
  return result;
}

/// kernel·scale along its inputs, bias + Σ kernel·offset. `groups` of the kernel's outputs read one
/// part of the channels each.
Value fold(Rewrite& rewrite, const ops::Node& linear, const Affine& affine, int64_t groups) {
  const ops::Graph& graph = rewrite.graph();
  Tensor kernel = parameter_value(graph[linear.inputs[1]]).clone();
  const auto outputs = static_cast<size_t>(kernel.shape().last());
  const size_t inputs = affine.scale.size() / static_cast<size_t>(groups);
  const size_t outputs_a_group = outputs / static_cast<size_t>(groups);
  std::vector<double> offset(outputs, 0);
  if (linear.inputs.size() > 2) {
    const Tensor bias = parameter_value(graph[linear.inputs[2]]);
    offset.assign(bias.values().begin(), bias.values().end());
  }
  auto values = kernel.values();
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t output = i % outputs;
    const size_t channel = i / outputs % inputs + output / outputs_a_group * inputs;
    const double value = double{values[i]};
    offset[output] += value * affine.offset[channel];
    values[i] = static_cast<float>(value * affine.scale[channel]);
  }
  return append_folded(rewrite, linear, affine.source, std::move(kernel), offset);
}

/// Several maps in a row are one.
Value merge(Rewrite& rewrite, const ops::Node& node, const ops::ScaleShift& map,
            const Affine& below) {
  ops::ScaleShift merged{{}, {}, map.activation};
  for (size_t c = 0; c < below.scale.size(); ++c) {
    const double scale = at(map.scale, c);
    merged.scale.push_back(static_cast<float>(scale * below.scale[c]));
    merged.offset.push_back(static_cast<float>(scale * below.offset[c] + at(map.offset, c)));
  }
  return rewrite.result.append(std::move(merged), {rewrite.moved(below.source)}, node.name);
}

Value step(Rewrite& rewrite, Value value) {
  const ops::Node& node = rewrite.graph()[value];
  const auto* convolution = std::get_if<ops::Conv2D>(&node.op);
  const auto* map = std::get_if<ops::ScaleShift>(&node.op);
  if (convolution == nullptr && map == nullptr && !std::holds_alternative<ops::MatMul>(node.op))
    return {};
  const auto affine = affine_of(rewrite, node.inputs[0]);
  if (!affine) return {};
  if (map != nullptr) return merge(rewrite, node, *map, *affine);
  if (convolution == nullptr) return fold(rewrite, node, *affine, 1);
  // The zeros around an image are not moved by its offset.
  if (convolution->has_residual || (!convolution->padding.none() && affine->moves_zero()))
    return {};
  return fold(rewrite, node, *affine, convolution->groups);
}

ops::Graph run(const ops::Graph& graph) {
  Rewrite rewrite(graph);
  return rewrite.run([&](Value value) { return step(rewrite, value); });
}

}  // namespace

extern const Pass fold_scale_shift;
constinit const Pass fold_scale_shift{
    "fold_scale_shift", "scales and offsets become part of the kernel after them", true, &run};

}  // namespace thaw::compile_passes
