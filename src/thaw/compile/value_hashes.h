#pragma once

#include <string>
#include <vector>

#include "thaw/ops/graph.h"

namespace thaw {

/// For each value of the graph 32 hexadecimal digits that tell how it is computed from the graph's
/// inputs: the operations, all that their fields() name, and the values of their weights at this
/// moment. Names, whether a weight trains, and what else the graph computes do not matter, so the
/// same value is found in another graph, in another run too.
std::vector<std::string> value_hashes(const ops::Graph& graph);

}  // namespace thaw
