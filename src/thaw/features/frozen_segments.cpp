#include "thaw/features/frozen_segments.h"

#include <algorithm>
#include <set>

#include "thaw/compile/extract.h"
#include "thaw/compile/value_hashes.h"
#include "thaw/core/content_hash.h"
#include "thaw/features/micro_batches.h"

namespace thaw {
namespace {

using Cut = std::vector<ops::Value>;

size_t at(ops::Value value) { return static_cast<size_t>(value.index); }

bool holds_input(const ops::Graph& graph, const Cut& cut) {
  return std::ranges::any_of(cut, [&](ops::Value v) { return graph.get_if<ops::Input>(v); });
}

bool has_parameters(const ops::Graph& graph, const ops::Node& node) {
  return std::ranges::any_of(node.inputs, [&](ops::Value v) { return graph[v].is_parameter(); }) ||
         std::holds_alternative<ops::ScaleShift>(node.op);
}

/// How many operations lie between each value and the graph's end.
std::vector<int> heights(const ops::Graph& graph) {
  std::vector<int> result(graph.nodes.size(), 0);
  for (size_t i = graph.nodes.size(); i-- > 0;)
    for (const ops::Value input : graph.nodes[i].inputs)
      result[at(input)] = std::max(result[at(input)], result[i] + 1);
  return result;
}

/// What the values computed from `trains`, or from others so computed, read of the rest.
Cut what_is_read_of_the_rest(const ops::Graph& graph, const std::vector<bool>& trains) {
  std::vector<bool> varies = trains;
  Cut cut;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto& inputs = graph.nodes[i].inputs;
    varies[i] =
        varies[i] || std::ranges::any_of(inputs, [&](ops::Value v) { return varies[at(v)]; });
    if (!varies[i]) continue;
    for (const ops::Value input : inputs) {
      if (!varies[at(input)] && !graph[input].is_parameter() &&
          std::ranges::find(cut, input) == cut.end())
        cut.push_back(input);
    }
  }
  return cut;
}

}  // namespace

std::vector<Cut> cuts_to(const ops::Graph& network, const Cut& target,
                         std::span<const Cut> expected) {
  std::vector<Cut> cuts;
  for (const Cut& cut : expected) {
    if (cut != target && std::ranges::find(cuts, cut) == cuts.end() && !holds_input(network, cut) &&
        leads_to(network, cut, target) && !leads_to(network, target, cut))
      cuts.push_back(cut);
  }
  // A cut comes before those that it leads to.
  std::ranges::sort(
      cuts, [](const Cut& a, const Cut& b) { return std::ranges::max(a) < std::ranges::max(b); });
  cuts.push_back(target);
  return cuts;
}

FrozenSegments::FrozenSegments(const ops::Graph& network, const Cut& target,
                               std::span<const Cut> expected, const DeviceTraits& traits) {
  for (const Cut& cut : cuts_to(network, target, expected))
    add(frozen_graph(extract(network, network.inputs, cut), traits));
}

/// Lays `optimized` into the graph; its outputs become a cut.
void FrozenSegments::add(const ops::Graph& optimized) {
  const auto hashes = value_hashes(optimized);
  Cut moved(optimized.nodes.size());
  for (size_t i = 0; i < optimized.nodes.size(); ++i) {
    const auto known = std::ranges::find(hashes_, hashes[i]);
    if (known != hashes_.end()) {
      moved[i] = {static_cast<int>(known - hashes_.begin())};
      continue;
    }
    const ops::Node& node = optimized.nodes[i];
    Cut inputs;
    for (const ops::Value input : node.inputs) inputs.push_back(moved[at(input)]);
    moved[i] = graph_.append(node.op, std::move(inputs), node.name);
    hashes_.push_back(hashes[i]);
    if (std::holds_alternative<ops::Input>(node.op)) graph_.inputs.push_back(moved[i]);
  }
  Cut values;
  for (const ops::Value output : optimized.outputs) values.push_back(moved[at(output)]);
  cuts_.push_back(described(std::move(values)));
}

FrozenCut FrozenSegments::described(Cut values) const {
  FrozenCut cut;
  std::string functions;
  for (const ops::Value value : values) {
    cut.shapes.push_back(graph_[value].shape);
    cut.row_floats += graph_[value].shape.elements();
    functions += hashes_[at(value)];
  }
  cut.function = content_hash(std::as_bytes(std::span(functions)));
  cut.holds_input = holds_input(graph_, values);
  cut.values = std::move(values);
  return cut;
}

std::vector<FrozenCut> FrozenSegments::other_cuts() const {
  ops::Graph whole = graph_;
  whole.outputs = cuts_.back().values;
  const auto height = heights(whole);
  std::set<Cut> seen;
  for (const FrozenCut& cut : cuts_) seen.insert(cut.values);
  std::vector<FrozenCut> result;
  const auto add_if_new = [&](const std::vector<bool>& trains) {
    Cut cut = what_is_read_of_the_rest(whole, trains);
    if (cut.empty() || holds_input(whole, cut) || !seen.insert(cut).second) return;
    if (leads_to(whole, cut, whole.outputs)) result.push_back(described(std::move(cut)));
  };
  // Which layers are the last ones is a matter of the order: that of the graph, or by the distance
  // to its end, as Keras has them.
  for (size_t first = whole.nodes.size(); first-- > 0;) {
    if (!has_parameters(whole, whole.nodes[first])) continue;
    std::vector<bool> by_order(whole.nodes.size());
    std::vector<bool> by_height(whole.nodes.size());
    for (size_t i = 0; i < whole.nodes.size(); ++i) {
      if (!has_parameters(whole, whole.nodes[i])) continue;
      by_order[i] = i >= first;
      by_height[i] = height[i] <= height[first];
    }
    add_if_new(by_order);
    add_if_new(by_height);
  }
  std::ranges::stable_sort(result, std::ranges::greater{},
                           [](const FrozenCut& cut) { return std::ranges::max(cut.values); });
  return result;
}

bool FrozenSegments::leads(const FrozenCut& below, std::span<const FrozenCut* const> above) const {
  return std::ranges::all_of(
      above, [&](const FrozenCut* cut) { return leads_to(graph_, below.values, cut->values); });
}

ops::Graph FrozenSegments::segment(const FrozenCut* from,
                                   std::span<const FrozenCut* const> to) const {
  Cut values;
  for (const FrozenCut* cut : to)
    values.insert(values.end(), cut->values.begin(), cut->values.end());
  return extract(graph_, from == nullptr ? graph_.inputs : from->values, values);
}

}  // namespace thaw
