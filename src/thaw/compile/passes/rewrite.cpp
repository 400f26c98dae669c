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

ops::Value append_folded(Rewrite& rewrite, const ops::Node& linear, ops::Value source,
                         Tensor kernel, const std::vector<double>& bias) {
  ops::Op op = linear.op;
  std::visit(
      [](auto& attributes) {
        if constexpr (requires { attributes.has_bias; }) attributes.has_bias = true;
      },
      op);
  const std::vector<float> rounded(bias.begin(), bias.end());
  const auto append = [&](Tensor value) {
    return rewrite.result.append(ops::Constant{std::move(value)}, {}, linear.name);
  };
  const ops::Value kernel_value = append(std::move(kernel));
  const ops::Value bias_value =
      append(Tensor::from({static_cast<int64_t>(rounded.size())}, rounded));
  return rewrite.result.append(std::move(op), {rewrite.moved(source), kernel_value, bias_value},
                               linear.name);
}

Tensor parameter_value(const ops::Node& node) {
  if (const auto* weight = std::get_if<ops::Weight>(&node.op))
    return weight->variable->value().reshaped(weight->shape);
  return std::get<ops::Constant>(node.op).value;
}

}  // namespace thaw
