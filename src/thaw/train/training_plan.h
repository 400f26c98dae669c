#pragma once

#include <vector>

#include "thaw/ops/activation.h"
#include "thaw/ops/graph.h"

namespace thaw {

/// A model cut for training, before it is specialized.
struct TrainingPlan {
  ops::Graph graph;  ///< whole, without what was left off
  /// Where what is constant ends: values of `graph`, the suffix's inputs in order.
  std::vector<ops::Value> frontier;
  ops::Graph suffix;
  Activation::Kind left_off = Activation::Kind::linear;
};

/// Cuts at the frontier of what is constant. Throws Error unless there is one input and one output.
TrainingPlan make_plan(const ops::Graph& graph, Activation::Kind logits_of);

}  // namespace thaw
