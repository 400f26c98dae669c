#pragma once

#include <vector>

#include "thaw/ops/graph.h"

namespace thaw {

/// A graph in two parts: `suffix` continues from the outputs of `prefix`, which are its inputs in
/// the same order.
struct FrozenSplit {
  ops::Graph prefix;
  ops::Graph suffix;
  /// Where it is split: the prefix's outputs, as the whole graph numbers them.
  std::vector<ops::Value> cut;
};

/// Which values are a constant function of their sample alone, run after run: those below which
/// nothing trains, nothing is random in fit, and nothing looks at the rest of the batch (a batch
/// normalization by the batch's statistics).
std::vector<bool> constant_values(const ops::Graph& graph);

/// Splits where the constant values end. The prefix may run once per sample and be kept.
FrozenSplit split_frozen(const ops::Graph& graph);

}  // namespace thaw
