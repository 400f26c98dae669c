#pragma once

#include <span>
#include <string>
#include <vector>

#include "thaw/ops/graph.h"

namespace thaw {

/// The part of `graph` that computes `to` from `from`: its inputs are `from`, its outputs `to`, in
/// those orders; weights and constants on the way come along. Throws Error when `to` needs an input
/// of the graph that is not in `from`.
ops::Graph extract(const ops::Graph& graph, std::span<const ops::Value> from,
                   std::span<const ops::Value> to);

/// 32 hexadecimal digits that tell what a graph computes: its operations, their attributes, and the
/// values of its weights at this moment. Names do not matter. Weights must be frozen: their values
/// are all that is looked at.
std::string function_hash(const ops::Graph& graph);

}  // namespace thaw
