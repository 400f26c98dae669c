#include "thaw/compile/split_frozen.h"

#include <algorithm>

#include "thaw/compile/extract.h"

namespace thaw {
namespace {

using ops::Phase;
using ops::Value;

bool varies(const ops::Op& op) {
  if (const auto* weight = std::get_if<ops::Weight>(&op)) return weight->trainable;
  const Phase* phase = ops::phase_of(op);
  return phase != nullptr && *phase != Phase::inference;
}

}  // namespace

std::vector<bool> constant_values(const ops::Graph& graph) {
  std::vector<bool> constant(graph.nodes.size());
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    constant[i] = !varies(graph.nodes[i].op);
    for (const Value input : graph.nodes[i].inputs) {
      constant[i] = constant[i] && constant[static_cast<size_t>(input.index)];
    }
  }
  return constant;
}

FrozenSplit split_frozen(const ops::Graph& graph) {
  const auto constant = constant_values(graph);
  const auto is_constant = [&](Value value) { return constant[static_cast<size_t>(value.index)]; };
  FrozenSplit split;
  const auto cross = [&](Value value) {
    if (!graph[value].is_parameter() && std::ranges::find(split.cut, value) == split.cut.end())
      split.cut.push_back(value);
  };
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (constant[i]) continue;
    for (const Value input : graph.nodes[i].inputs)
      if (is_constant(input)) cross(input);
  }
  for (const Value output : graph.outputs)
    if (is_constant(output)) cross(output);
  split.prefix = extract(graph, graph.inputs, split.cut);
  split.suffix = extract(graph, split.cut, graph.outputs);
  return split;
}

}  // namespace thaw
