#pragma once

#include <string>
#include <vector>

#include "thaw/ops/graph.h"

namespace thaw {

/// One operation that a layer asks for.
struct LayerOperation {
  std::string layer;  ///< its path
  std::string what;   ///< in words
  bool operator==(const LayerOperation&) const = default;
};

/// All that a graph computes, in order; inputs, weights and constants are left out.
std::vector<LayerOperation> operations(const ops::Graph& graph);

/// How a graph's operations differ from those of an equal graph.
struct OperationChanges {
  /// Became part of another operation: nothing replaces them under their layer's name.
  std::vector<LayerOperation> merged;
  /// Made way for another operation of their layer: `what` became `by`, in the same order.
  std::vector<LayerOperation> replaced;
  std::vector<LayerOperation> by;
};
OperationChanges changes(const ops::Graph& before, const ops::Graph& after);

}  // namespace thaw
