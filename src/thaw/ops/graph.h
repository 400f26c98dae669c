#pragma once

#include <string>
#include <vector>

#include "thaw/ops/op.h"
#include "thaw/ops/value.h"

namespace thaw::ops {

struct Node {
  Op op;
  std::vector<Value> inputs;
  Shape shape;
  std::string name;  ///< the path of the layer that asked for it: "mobilenetv2_1.00_224/Conv1"

  /// Weights and constants have no batch axis.
  bool is_parameter() const {
    return std::holds_alternative<Weight>(op) || std::holds_alternative<Constant>(op);
  }
};

/// A computation in static single assignment: every node comes after its inputs.
struct Graph {
  std::vector<Node> nodes;
  std::vector<Value> inputs;
  std::vector<Value> outputs;

  const Node& operator[](Value value) const { return nodes[static_cast<size_t>(value.index)]; }
  Node& operator[](Value value) { return nodes[static_cast<size_t>(value.index)]; }
  template <typename OpType>
  const OpType* get_if(Value value) const {
    return std::get_if<OpType>(&(*this)[value].op);
  }

  /// Appends a node and derives its shape; throws Error when the inputs do not fit.
  Value append(Op op, std::vector<Value> node_inputs, std::string name = {});
  /// How many nodes use each value; an output counts as a use.
  std::vector<int> use_counts() const;
  /// Without the nodes that no output needs. Inputs stay.
  Graph without_dead_nodes() const;
};

}  // namespace thaw::ops
