#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/compile/device_traits.h"
#include "thaw/compile/operations.h"
#include "thaw/ops/graph.h"

namespace thaw {

/// One step of optimization: a graph in, an equal graph out, cheaper to run.
struct Pass {
  std::string_view name;
  std::string_view what;  ///< in one line, for `thaw summary --plan` and the docs
  /// Whether it needs every weight to be constant.
  bool only_frozen = false;
  ops::Graph (*run)(const ops::Graph& graph, const DeviceTraits& traits);
};

/// Every pass, in the order they run in.
std::span<const Pass* const> passes();

/// The passes that the environment switches off: THAW_DISABLE_PASSES=winograd,fuse.
std::vector<std::string> disabled_passes();
/// In debug builds, and where THAW_VERIFY_PASSES is set, as all tests have it.
bool verifies_passes();

struct OptimizeOptions {
  /// No weight changes while the result is in use: fold them into constants.
  bool frozen = false;
  /// Of the device that the graph will run on.
  DeviceTraits traits;
  /// Passes to leave out, by name.
  std::vector<std::string> without = disabled_passes();
  /// Whether verify_rewrite() looks at what each pass made.
  bool verify = verifies_passes();
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
/// moment. Throws UsageError, which lists the passes, where one to leave out is none of them.
ops::Graph optimize(ops::Graph graph, const OptimizeOptions& options,
                    std::vector<PassReport>* report = nullptr);

}  // namespace thaw
