#include "thaw/compile/extract.h"

#include <algorithm>
#include <map>
#include <optional>

#include "thaw/core/error.h"

namespace thaw {
namespace {

using ops::Value;

bool contains(std::span<const Value> values, Value value) {
  return std::ranges::find(values, value) != values.end();
}

/// Which nodes compute `to` from `from`, both included; nothing where they need an input of the
/// graph that is not in `from`.
std::optional<std::vector<bool>> needed_nodes(const ops::Graph& graph, std::span<const Value> from,
                                              std::span<const Value> to) {
  std::vector<bool> needed(graph.nodes.size());
  for (const Value value : to) needed[static_cast<size_t>(value.index)] = true;
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    if (!needed[i] || contains(from, {static_cast<int>(i)})) continue;
    if (std::holds_alternative<ops::Input>(graph.nodes[i].op)) return std::nullopt;
    for (const Value input : graph.nodes[i].inputs) needed[static_cast<size_t>(input.index)] = true;
  }
  return needed;
}

}  // namespace

ops::Graph extract(const ops::Graph& graph, std::span<const Value> from,
                   std::span<const Value> to) {
  const auto needed = needed_nodes(graph, from, to);
  if (!needed) throw Error("a cut of the graph leaves one of its inputs out");
  ops::Graph result;
  std::map<Value, Value> moved;
  for (const Value value : from) {
    moved[value] = result.append(ops::Input{graph[value].shape}, {}, graph[value].name);
    result.inputs.push_back(moved[value]);
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Value value{static_cast<int>(i)};
    if (!(*needed)[i] || contains(from, value)) continue;
    std::vector<Value> inputs;
    for (const Value input : graph.nodes[i].inputs) inputs.push_back(moved.at(input));
    moved[value] = result.append(graph.nodes[i].op, std::move(inputs), graph.nodes[i].name);
  }
  for (const Value value : to) result.outputs.push_back(moved.at(value));
  return result;
}

bool leads_to(const ops::Graph& graph, std::span<const Value> below, std::span<const Value> above) {
  return needed_nodes(graph, below, above).has_value();
}

}  // namespace thaw
