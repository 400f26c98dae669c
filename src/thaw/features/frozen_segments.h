#pragma once

#include <span>
#include <string>
#include <vector>

#include "thaw/compile/device_traits.h"
#include "thaw/ops/graph.h"

namespace thaw {

/// A cut of the frozen layers, at which features are kept.
struct FrozenCut {
  std::vector<ops::Value> values;  ///< of the segments' graph
  std::vector<Shape> shapes;       ///< of the values, of one image
  int64_t row_floats = 0;          ///< of all values together, of one image
  std::string function;            ///< a hash of what computes the values from the image
  bool holds_input = false;        ///< whether the image itself is among the values
};

/// The cuts among `expected` on the way to `target`, a cut before those that it leads to, `target`
/// last. All are values of `network`.
std::vector<std::vector<ops::Value>> cuts_to(const ops::Graph& network,
                                             const std::vector<ops::Value>& target,
                                             std::span<const std::vector<ops::Value>> expected);

/// The frozen layers, split at several cuts. What computes each cut is optimized as if it were the
/// only one; then all are laid into one graph, in which what they have in common is there once. So
/// the bits at a cut depend neither on which other cuts there are, nor on which of them it is
/// computed from.
class FrozenSegments {
 public:
  /// Splits at each of cuts_to(network, target, expected). Optimized for such a device.
  FrozenSegments(const ops::Graph& network, const std::vector<ops::Value>& target,
                 std::span<const std::vector<ops::Value>> expected, const DeviceTraits& traits);

  /// The lowest first, the target last.
  const std::vector<FrozenCut>& cuts() const { return cuts_; }
  /// Cuts of the optimized graph that training more of the last layers would begin at, the nearest
  /// to the target first: another run may have kept features there.
  std::vector<FrozenCut> other_cuts() const;
  /// Whether all of `above` can be computed from `below` alone.
  bool leads(const FrozenCut& below, std::span<const FrozenCut* const> above) const;
  /// The part of the graph that computes `to` from `from`, or from the image where that is nullptr.
  /// Its outputs are the values of all `to`, one cut after the other.
  ops::Graph segment(const FrozenCut* from, std::span<const FrozenCut* const> to) const;

 private:
  void add(const ops::Graph& optimized);
  FrozenCut described(std::vector<ops::Value> values) const;

  ops::Graph graph_;
  std::vector<std::string> hashes_;  ///< of the graph's values
  std::vector<FrozenCut> cuts_;
};

}  // namespace thaw
