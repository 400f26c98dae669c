#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/compile/operations.h"
#include "thaw/ops/graph.h"

namespace thaw {

/// One step of optimization: a graph in, an equal graph out, cheaper to run.
struct Pass {
  std::string_view name;
  std::string_view what;  ///< in one line, for `thaw summary --plan` and the docs
  /// Whether it needs every weight to be constant.
  bool only_frozen = false;
  ops::Graph (*run)(const ops::Graph& graph);
};

/// Every pass, in the order they run in.
std::span<const Pass* const> passes();

struct OptimizeOptions {
  /// No weight changes while the result is in use: fold them into constants.
  bool frozen = false;
  /// Passes to leave out, by name.
  std::vector<std::string> without;
};

/// What one pass did.
struct PassReport {
  std::string name;
  OperationChanges changes;
  double milliseconds = 0;
  int nodes_before = 0;
  int nodes_after = 0;
};

/// Runs the passes over a specialized graph. Folded constants hold the weights' values of this
/// moment.
ops::Graph optimize(ops::Graph graph, const OptimizeOptions& options,
                    std::vector<PassReport>* report = nullptr);

}  // namespace thaw
