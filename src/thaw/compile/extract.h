#pragma once

#include <span>

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

}  // namespace thaw
