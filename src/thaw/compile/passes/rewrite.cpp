#include "thaw/compile/passes/rewrite.h"

namespace thaw {

std::vector<ops::Value> Rewrite::moved(const std::vector<ops::Value>& values) const {
  std::vector<ops::Value> here;
  here.reserve(values.size());
  for (const ops::Value value : values) here.push_back(moved(value));
  return here;
}

ops::Graph Rewrite::run(const std::function<ops::Value(ops::Value)>& step) {
  for (int i = 0; i < static_cast<int>(graph_.nodes.size()); ++i) {
    const ops::Value value{i};
    ops::Value here = step(value);
    if (here.index < 0)
      here = result.append(graph_[value].op, moved(graph_[value].inputs), graph_[value].name);
    moved_[static_cast<size_t>(i)] = here;
  }
  result.inputs = moved(graph_.inputs);
  result.outputs = moved(graph_.outputs);
  return result.without_dead_nodes();
}

Tensor parameter_value(const ops::Node& node) {
  if (const auto* weight = std::get_if<ops::Weight>(&node.op))
    return weight->variable->value().reshaped(weight->shape);
  return std::get<ops::Constant>(node.op).value;
}

}  // namespace thaw
