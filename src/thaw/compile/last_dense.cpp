#include "thaw/compile/last_dense.h"

#include <variant>

namespace thaw {
namespace {

/// What an operation that changes no more than bias, scale or shape does it to; none where it does
/// more.
std::optional<ops::Value> changed_by(const ops::Graph& graph, const ops::Node& node) {
  if (std::holds_alternative<ops::Binary>(node.op)) {
    for (const size_t other : {size_t{1}, size_t{0}})
      if (graph[node.inputs[other]].is_parameter()) return node.inputs[1 - other];
    return std::nullopt;
  }
  const bool is_change = std::holds_alternative<ops::Softmax>(node.op) ||
                         std::holds_alternative<ops::Activate>(node.op) ||
                         std::holds_alternative<ops::Reshape>(node.op) ||
                         std::holds_alternative<ops::Dropout>(node.op);
  return is_change ? std::optional(node.inputs[0]) : std::nullopt;
}

}  // namespace

std::optional<ops::Value> last_dense_input(const ops::Graph& graph) {
  if (graph.outputs.empty()) return std::nullopt;
  std::optional<ops::Value> value = graph.outputs[0];
  while (value) {
    const ops::Node& node = graph[*value];
    if (std::holds_alternative<ops::MatMul>(node.op)) {
      const ops::Value entering = node.inputs[0];
      const bool is_vector = graph[entering].shape.rank() == 1 && !graph[entering].is_parameter();
      return is_vector ? std::optional(entering) : std::nullopt;
    }
    value = changed_by(graph, node);
  }
  return std::nullopt;
}

}  // namespace thaw
