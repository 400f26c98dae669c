#include "thaw/train/feature_ladder.h"

#include <algorithm>

#include "thaw/compile/extract.h"
#include "thaw/compile/lower.h"
#include "thaw/core/content_hash.h"
#include "thaw/core/error.h"

namespace thaw {
namespace {

using Cut = std::vector<ops::Value>;

bool holds_input(const ops::Graph& graph, const Cut& cut) {
  return std::ranges::any_of(cut, [&](ops::Value v) { return graph.get_if<ops::Input>(v); });
}

/// Whether all of `above` can be computed from `below` alone.
bool leads_to(const ops::Graph& graph, const Cut& below, const Cut& above) {
  try {
    extract(graph, below, above);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

std::vector<Rung> make_ladder(const ops::Graph& graph, const Cut& target,
                              std::span<const Cut> expected) {
  std::vector<Cut> cuts;
  for (const Cut& cut : expected) {
    if (cut != target && std::ranges::find(cuts, cut) == cuts.end() && !holds_input(graph, cut) &&
        leads_to(graph, cut, target) && !leads_to(graph, target, cut))
      cuts.push_back(cut);
  }
  // Lowest first: a cut comes before those that it leads to. They need not all be on one line.
  std::ranges::sort(
      cuts, [](const Cut& a, const Cut& b) { return std::ranges::max(a) < std::ranges::max(b); });
  std::vector<Cut> line;
  for (const Cut& cut : cuts)
    if (line.empty() || leads_to(graph, line.back(), cut)) line.push_back(cut);
  line.push_back(target);

  std::vector<Rung> ladder;
  for (const Cut& cut : line) {
    Rung rung;
    rung.values = cut;
    for (const ops::Value value : cut) {
      rung.shapes.push_back(graph[value].shape);
      rung.row_floats += graph[value].shape.elements();
    }
    rung.segment = extract(graph, ladder.empty() ? graph.inputs : ladder.back().values, cut);
    const std::string way = (ladder.empty() ? "" : ladder.back().function) +
                            function_hash(specialize(rung.segment, ops::Phase::inference));
    rung.function = content_hash(std::as_bytes(std::span(way)));
    rung.holds_samples = holds_input(graph, cut);
    ladder.push_back(std::move(rung));
  }
  return ladder;
}

}  // namespace thaw
