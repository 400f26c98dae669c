#pragma once

#include <vector>

#include "thaw/ops/activation.h"
#include "thaw/ops/graph.h"

namespace thaw {

/// A model split for training, before it is specialized.
struct TrainingGraph {
  ops::Graph graph;             ///< the whole, without the activation that was left off
  std::vector<ops::Value> cut;  ///< where what is frozen ends: values of `graph`
  ops::Graph suffix;            ///< from there to the outputs; its inputs are the cut, in order
  /// The last activation, if the loss takes its input instead.
  Activation::Kind left_off = Activation::Kind::linear;
};

/// Splits `graph` where its constant values end, and leaves off a last activation of the kind
/// `logits_of`. Throws Error unless there is one input and one output.
TrainingGraph training_graph(const ops::Graph& graph, Activation::Kind logits_of);

}  // namespace thaw
