#pragma once

#include <span>
#include <string>
#include <vector>

#include "thaw/formats/import/foreign_graph.h"

namespace thaw::foreign {

/// The nodes that the outputs depend on, each after those it reads from. Throws Error for a cycle,
/// for a name that two nodes give, and for a value that nobody gives.
std::vector<const Node*> needed_in_order(const ForeignGraph& graph);

/// By how many of these nodes, and outputs, each value is read.
std::map<std::string, int, std::less<>> count_uses(const ForeignGraph& graph,
                                                   std::span<const Node* const> nodes);

}  // namespace thaw::foreign
