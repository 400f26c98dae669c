#pragma once

#include <functional>
#include <vector>

#include "thaw/ops/graph.h"

namespace thaw {

/// Copies a graph node by node, so that a pass only says what it changes.
class Rewrite {
 public:
  explicit Rewrite(const ops::Graph& graph)
      : graph_(graph), moved_(graph.nodes.size()), uses_(graph.use_counts()) {}

  /// Calls `step(value)` for each node in order. It returns the value that replaces the node in
  /// `result`, or one with index −1 to copy the node as it is.
  ops::Graph run(const std::function<ops::Value(ops::Value)>& step);

  const ops::Graph& graph() const { return graph_; }
  int uses(ops::Value value) const { return uses_[static_cast<size_t>(value.index)]; }
  /// Where a value of the old graph is in the new one.
  ops::Value moved(ops::Value value) const { return moved_[static_cast<size_t>(value.index)]; }
  std::vector<ops::Value> moved(const std::vector<ops::Value>& values) const;

  ops::Graph result;

 private:
  const ops::Graph& graph_;
  std::vector<ops::Value> moved_;
  std::vector<int> uses_;
};

/// Appends the convolution or product `linear`, with its kernel and bias replaced, over `source`.
ops::Value append_folded(Rewrite& rewrite, const ops::Node& linear, ops::Value source,
                         Tensor kernel, const std::vector<double>& bias);

/// The present numbers of a weight or constant, under the node's shape.
Tensor parameter_value(const ops::Node& node);

}  // namespace thaw
