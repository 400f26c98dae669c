#pragma once

#include "thaw/graph/functional.h"
#include "thaw/ops/graph.h"

namespace thaw {

/// Writes the model, nested models and all, as operations. What behaves differently in training
/// keeps phase by_run; training=False at a call reaches every layer inside. Whether a weight trains
/// is fixed here, from its layer's flag.
ops::Graph lower(const Functional& model);

/// The graph as fit (training) or evaluate and predict (inference) run it: no by_run is left, and
/// dropout is gone in inference.
ops::Graph specialize(const ops::Graph& graph, ops::Phase phase);

/// The graph without the softmax or sigmoid that ends it, if it ends in the one that is `wanted`;
/// `activation` says what was left off (linear: nothing). A loss is computed from such logits, as
/// Keras does, because it loses no digits.
struct Logits {
  ops::Graph graph;
  Activation activation;
};
Logits without_last_activation(const ops::Graph& graph, Activation::Kind wanted);

}  // namespace thaw
