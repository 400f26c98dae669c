#include "thaw/formats/import/node_order.h"

#include <fmt/format.h>

#include <map>
#include <string_view>

#include "thaw/core/error.h"

namespace thaw::foreign {
namespace {

std::string describe(const Node& node) {
  return fmt::format("node \"{}\" ({})", node.name, node.op);
}

std::map<std::string_view, const Node*> producers_of(const ForeignGraph& graph) {
  std::map<std::string_view, const Node*> producers;
  for (const GraphInput& input : graph.inputs) producers.emplace(input.name, nullptr);
  for (const auto& [name, constant] : graph.constants) producers.emplace(name, nullptr);
  for (const Node& node : graph.nodes) {
    for (const std::string& output : node.outputs) {
      if (!output.empty() && !producers.emplace(output, &node).second)
        throw Error(
            fmt::format("{}: expected a name of its own for each value, received \"{}\" again",
                        describe(node), output));
    }
  }
  return producers;
}

}  // namespace

std::vector<const Node*> needed_in_order(const ForeignGraph& graph) {
  const auto producers = producers_of(graph);
  enum class State { begun, done };
  std::map<const Node*, State> states;
  struct Visit {
    const Node* node;
    size_t next = 0;
  };
  std::vector<Visit> path;
  std::vector<const Node*> order;
  const auto visit = [&](const std::string& value, const std::string& reader) {
    if (value.empty()) return;
    const auto found = producers.find(value);
    if (found == producers.end())
      throw Error(fmt::format("{} reads \"{}\", which nobody gives", reader, value));
    const Node* node = found->second;
    if (node == nullptr) return;
    const auto [state, is_new] = states.emplace(node, State::begun);
    if (is_new) {
      path.push_back({node});
    } else if (state->second == State::begun) {
      throw Error(fmt::format("{} depends on itself: a loop, which no layer is", describe(*node)));
    }
  };
  for (const std::string& output : graph.outputs) {
    visit(output, "the graph's output");
    while (!path.empty()) {
      const Node& node = *path.back().node;
      if (path.back().next < node.inputs.size()) {
        const size_t next = path.back().next++;
        visit(node.inputs[next], describe(node));
      } else {
        states[&node] = State::done;
        order.push_back(&node);
        path.pop_back();
      }
    }
  }
  return order;
}

std::map<std::string, int, std::less<>> count_uses(const ForeignGraph& graph,
                                                   std::span<const Node* const> nodes) {
  std::map<std::string, int, std::less<>> uses;
  for (const Node* node : nodes)
    for (const std::string& input : node->inputs) ++uses[input];
  for (const std::string& output : graph.outputs) ++uses[output];
  return uses;
}

}  // namespace thaw::foreign
