#pragma once

#include "thaw/formats/import/foreign_graph.h"

namespace thaw::foreign {

/// Replaces what exporters write in several operations by the one that it is: x·sigmoid(x) by Silu,
/// x·(1 + erf(x/√2))/2 by Gelu, (x − mean)/√(variance + ε)·γ + β by LayerNormalization. Nodes that
/// others read stay.
void recognize_patterns(ForeignGraph& graph);

}  // namespace thaw::foreign
