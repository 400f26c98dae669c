#pragma once

#include "thaw/ops/graph.h"

namespace thaw {

/// Throws Error that names the node where `graph` is no computation: a node's inputs come before
/// it, and its shape is the one that its operation makes of theirs; the graph's inputs are its
/// Input operations, each once; its outputs are nodes of it.
void verify(const ops::Graph& graph);

/// Throws Error that says what is wrong where `after` cannot stand for `before`: it must be a
/// computation as above, with inputs and outputs of the same shapes in the same order, without a
/// node that no output needs, and read no weight that `before` does not, nor call it trainable
/// where `before` does not. Unless all weights are `frozen`, those that train must all be there.
void verify_rewrite(const ops::Graph& before, const ops::Graph& after, bool frozen);

}  // namespace thaw
