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

/// Whether all of `above` can be computed from `below` alone.
bool leads_to(const ops::Graph& graph, std::span<const ops::Value> below,
              std::span<const ops::Value> above);

/// For each value of the graph 32 hexadecimal digits that tell how it is computed from the graph's
/// inputs: the operations, their attributes, and the values of their weights at this moment. Names
/// and what else the graph computes do not matter, so the same value is found in another graph.
std::vector<std::string> value_hashes(const ops::Graph& graph);

}  // namespace thaw
