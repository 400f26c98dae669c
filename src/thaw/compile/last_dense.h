#pragma once

#include <optional>

#include "thaw/ops/graph.h"

namespace thaw {

/// What enters the last Dense of a classifier: the vector whose matrix product the first output
/// is, but for a bias, an activation, a factor or another shape of the same numbers. nullopt where
/// the output is made otherwise, or of something else than one vector a sample.
std::optional<ops::Value> last_dense_input(const ops::Graph& graph);

}  // namespace thaw
