#pragma once

#include "thaw/formats/import/rewriting.h"

namespace thaw::foreign {

/// Replaces what exporters write in several operations by the one that it is.
///
/// What is computed from one value alone is known by what it gives, not by how it is written: the
/// operations are run on chosen numbers, and compared with what Silu, Gelu, HardSwish and others
/// give there. So every way of writing them is found. Nodes that others read too stay.
void recognize_activations(ForeignGraph& graph);

/// The same for γ(x − mean)/√(variance + ε) + β of known numbers; before these are folded, so that
/// each stays a weight of its own.
void recognize_batch_normalization(ForeignGraph& graph);

/// The same for (x − mean)/√(variance + ε)·γ + β over the last axis or the channels.
void recognize_layer_normalization(ForeignGraph& graph);

/// Groups of channels that are normalized as instances, and scaled and moved after: group
/// normalization with γ and β of its own.
void recognize_group_normalization(ForeignGraph& graph);

}  // namespace thaw::foreign
