#pragma once

#include <span>
#include <string>
#include <vector>

#include "thaw/ops/graph.h"

namespace thaw {

/// One cut of the frozen layers and how it is computed from the one below it.
struct Rung {
  std::vector<ops::Value> values;  ///< of the whole graph
  std::vector<Shape> shapes;       ///< of one sample
  int64_t row_floats = 0;          ///< of all of them together
  ops::Graph segment;              ///< from the rung below, the first from the sample, to here
  std::string function;            ///< a hash of all segments to here
  bool holds_samples = false;      ///< whether the sample itself is among the values
};

/// The cuts on the way from the sample to `target`, lowest first and `target` last: those of
/// `expected` that lie on one line. The way decides the bits, as a kernel may round differently
/// where it ends at a cut; so every fit that shares features must expect the same cuts, whether it
/// keeps their features or not.
std::vector<Rung> make_ladder(const ops::Graph& graph, const std::vector<ops::Value>& target,
                              std::span<const std::vector<ops::Value>> expected);

}  // namespace thaw
