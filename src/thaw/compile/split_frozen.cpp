#include "thaw/compile/split_frozen.h"

#include <map>

namespace thaw {
namespace {

using ops::Phase;
using ops::Value;

bool varies(const ops::Op& op) {
  if (const auto* weight = std::get_if<ops::Weight>(&op)) return weight->trainable;
  if (const auto* dropout = std::get_if<ops::Dropout>(&op))
    return dropout->phase != Phase::inference;
  if (const auto* normalization = std::get_if<ops::BatchNormalization>(&op)) {
    return normalization->phase != Phase::inference;
  }
  return false;
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

Split split_frozen(const ops::Graph& graph) {
  const auto constant = constant_values(graph);
  const auto is_constant = [&](Value value) { return constant[static_cast<size_t>(value.index)]; };
  Split split{.prefix = graph, .suffix = {}};
  split.prefix.outputs.clear();
  std::map<Value, Value> moved;  // from the whole graph to the suffix

  const auto cross = [&](Value value) {
    if (const auto found = moved.find(value); found != moved.end()) return found->second;
    const ops::Node& node = graph[value];
    Value here;
    if (node.is_parameter()) {
      here = split.suffix.append(node.op, {}, node.name);
    } else {
      here = split.suffix.append(ops::Input{node.shape}, {}, node.name);
      split.suffix.inputs.push_back(here);
      split.prefix.outputs.push_back(value);
    }
    moved.emplace(value, here);
    return here;
  };

  for (int i = 0; i < static_cast<int>(graph.nodes.size()); ++i) {
    const Value value{i};
    if (is_constant(value)) continue;
    const ops::Node& node = graph[value];
    std::vector<Value> inputs;
    for (const Value input : node.inputs)
      inputs.push_back(is_constant(input) ? cross(input) : moved.at(input));
    moved.emplace(value, split.suffix.append(node.op, std::move(inputs), node.name));
  }
  for (const Value output : graph.outputs) {
    split.suffix.outputs.push_back(is_constant(output) ? cross(output) : moved.at(output));
  }
  split.prefix = split.prefix.without_dead_nodes();
  return split;
}

}  // namespace thaw
