#pragma once

#include <span>
#include <string>
#include <vector>

#include "thaw/ops/graph.h"

namespace thaw {

/// One cut of the frozen layers.
struct Rung {
  std::vector<ops::Value> values;  ///< of the ladder's graph
  std::vector<Shape> shapes;       ///< of one sample
  int64_t row_floats = 0;          ///< of all of them together
  std::string function;            ///< a hash of what computes it from the sample
  bool holds_samples = false;      ///< whether the sample itself is among the values
};

/// The cuts among `expected` on the way to `target`, a cut before those that it leads to, `target`
/// last.
std::vector<std::vector<ops::Value>> cuts_to(const ops::Graph& network,
                                             const std::vector<ops::Value>& target,
                                             std::span<const std::vector<ops::Value>> expected);

/// The cuts that features are kept at. Each is optimized as if it were the only one, and then all
/// are laid into one graph, in which what they have in common is there once. So a cut's bits do not
/// depend on which others there are, nor on which of them it is computed from.
class Ladder {
 public:
  /// A rung for each of cuts_to(); all are values of `network`.
  Ladder(const ops::Graph& network, const std::vector<ops::Value>& target,
         std::span<const std::vector<ops::Value>> expected);

  /// Lowest first, the target last.
  const std::vector<Rung>& rungs() const { return rungs_; }
  /// Cuts of the optimized graph that training more of the last layers would begin at, the nearest
  /// to the target first: another run may have kept them.
  std::vector<Rung> others() const;
  /// Whether all of `above` can be computed from `below` alone.
  bool leads(const Rung& below, std::span<const Rung* const> above) const;
  /// The part of the graph that computes `to` from `from`, or from the sample if that is nullptr.
  /// Its outputs are the values of all `to` one after the other.
  ops::Graph segment(const Rung* from, std::span<const Rung* const> to) const;

 private:
  void add(const ops::Graph& plan);
  Rung rung_of(std::vector<ops::Value> values) const;

  ops::Graph graph_;
  std::vector<std::string> hashes_;  ///< of the graph's values
  std::vector<Rung> rungs_;
};

}  // namespace thaw
