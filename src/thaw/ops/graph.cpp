#include "thaw/ops/graph.h"

#include <utility>

namespace thaw::ops {

Value Graph::append(Op op, std::vector<Value> node_inputs, std::string name) {
  std::vector<Shape> shapes;
  shapes.reserve(node_inputs.size());
  for (const Value input : node_inputs) shapes.push_back((*this)[input].shape);
  Shape shape = output_shape(op, shapes);
  nodes.push_back({std::move(op), std::move(node_inputs), std::move(shape), std::move(name)});
  return {static_cast<int>(nodes.size()) - 1};
}

std::vector<int> Graph::use_counts() const {
  std::vector<int> counts(nodes.size(), 0);
  for (const Node& node : nodes) {
    for (const Value input : node.inputs) ++counts[static_cast<size_t>(input.index)];
  }
  for (const Value output : outputs) ++counts[static_cast<size_t>(output.index)];
  return counts;
}

Graph Graph::without_dead_nodes() const {
  std::vector<bool> alive(nodes.size(), false);
  for (const Value output : outputs) alive[static_cast<size_t>(output.index)] = true;
  for (const Value input : inputs) alive[static_cast<size_t>(input.index)] = true;
  for (size_t i = nodes.size(); i-- > 0;) {
    if (!alive[i]) continue;
    for (const Value input : nodes[i].inputs) alive[static_cast<size_t>(input.index)] = true;
  }
  Graph result;
  std::vector<Value> moved(nodes.size());
  const auto renamed = [&](std::vector<Value> values) {
    for (Value& value : values) value = moved[static_cast<size_t>(value.index)];
    return values;
  };
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (!alive[i]) continue;
    Node node = nodes[i];
    node.inputs = renamed(node.inputs);
    result.nodes.push_back(std::move(node));
    moved[i] = {static_cast<int>(result.nodes.size()) - 1};
  }
  result.inputs = renamed(inputs);
  result.outputs = renamed(outputs);
  return result;
}

}  // namespace thaw::ops
