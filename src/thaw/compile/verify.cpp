#include "thaw/compile/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>

#include "thaw/core/error.h"

namespace thaw {
namespace {

using ops::Value;

bool is_node(const ops::Graph& graph, Value value) {
  return value.index >= 0 && static_cast<size_t>(value.index) < graph.nodes.size();
}

std::string place_of(const ops::Graph& graph, size_t index) {
  const ops::Node& node = graph.nodes[index];
  return fmt::format("node {} ({} of \"{}\")", index, ops::name(node.op), node.name);
}

void verify_node(const ops::Graph& graph, size_t index) {
  const ops::Node& node = graph.nodes[index];
  std::vector<Shape> shapes;
  for (const Value input : node.inputs) {
    if (input.index < 0 || input.index >= static_cast<int>(index))
      throw Error(fmt::format("expected inputs that come before it, received {}", input.index));
    shapes.push_back(graph[input].shape);
  }
  const Shape derived = ops::output_shape(node.op, shapes);
  if (derived != node.shape) {
    throw Error(fmt::format("expected the shape {} that its inputs lead to, received {}",
                            derived.to_string(), node.shape.to_string()));
  }
}

void verify_ends(const ops::Graph& graph) {
  for (const Value output : graph.outputs)
    if (!is_node(graph, output))
      throw Error(fmt::format("expected outputs that are nodes, received {}", output.index));
  for (const Value input : graph.inputs) {
    if (!is_node(graph, input) || graph.get_if<ops::Input>(input) == nullptr)
      throw Error(fmt::format("expected inputs that are Input nodes, received {}", input.index));
    if (std::ranges::count(graph.inputs, input) != 1)
      throw Error(fmt::format("expected each input once, received node {} again", input.index));
  }
  const auto inputs = std::ranges::count_if(graph.nodes, [](const ops::Node& node) {
    return std::holds_alternative<ops::Input>(node.op);
  });
  if (static_cast<size_t>(inputs) != graph.inputs.size()) {
    throw Error(fmt::format("expected the {} Input nodes among the inputs, received {} inputs",
                            inputs, graph.inputs.size()));
  }
}

void expect_same_shapes(const char* what, const ops::Graph& before,
                        std::span<const Value> values_before, const ops::Graph& after,
                        std::span<const Value> values_after) {
  if (values_before.size() != values_after.size()) {
    throw Error(fmt::format("expected {} {}s, received {}", values_before.size(), what,
                            values_after.size()));
  }
  for (size_t i = 0; i < values_before.size(); ++i) {
    const Shape& expected = before[values_before[i]].shape;
    const Shape& received = after[values_after[i]].shape;
    if (expected != received) {
      throw Error(fmt::format("expected {} {} of shape {}, received {}", what, i,
                              expected.to_string(), received.to_string()));
    }
  }
}

/// Each variable that the graph reads, and whether it trains.
std::map<VariablePtr, bool> variables(const ops::Graph& graph) {
  std::map<VariablePtr, bool> result;
  for (const ops::Node& node : graph.nodes) {
    if (const auto* weight = std::get_if<ops::Weight>(&node.op))
      result[weight->variable] = result[weight->variable] || weight->trainable;
  }
  return result;
}

void expect_variables_kept(const ops::Graph& before, const ops::Graph& after, bool frozen) {
  const auto old_ones = variables(before.without_dead_nodes());
  const auto new_ones = variables(after);
  for (const auto& [variable, trains] : new_ones) {
    const auto old = old_ones.find(variable);
    if (old == old_ones.end())
      throw Error(fmt::format("reads a weight \"{}\" that was not read before", variable->name()));
    if (trains != old->second)
      throw Error(fmt::format("changes whether the weight \"{}\" trains", variable->name()));
  }
  if (frozen) return;
  for (const auto& [variable, trains] : old_ones)
    if (trains && !new_ones.contains(variable))
      throw Error(fmt::format("loses the weight \"{}\", which trains", variable->name()));
}

}  // namespace

void verify(const ops::Graph& graph) {
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    with_context(place_of(graph, i), [&] { verify_node(graph, i); });
  verify_ends(graph);
}

void verify_rewrite(const ops::Graph& before, const ops::Graph& after, bool frozen) {
  verify(after);
  expect_same_shapes("input", before, before.inputs, after, after.inputs);
  expect_same_shapes("output", before, before.outputs, after, after.outputs);
  const auto uses = after.use_counts();
  for (size_t i = 0; i < after.nodes.size(); ++i)
    if (uses[i] == 0 && !std::holds_alternative<ops::Input>(after.nodes[i].op))
      throw Error(place_of(after, i) + ": no output needs it");
  expect_variables_kept(before, after, frozen);
}

}  // namespace thaw
