#pragma once

#include "thaw/formats/import/foreign_graph.h"

namespace thaw::tensorflow {

/// Replaces what TensorFlow itself writes in several operations by the one that it is: a dilated
/// convolution as SpaceToBatchND, convolution, BatchToSpaceND ("thaw.DilatedConv2D", whose inputs
/// are those of all three); erfc(−x) as 1 + erf(x), which patterns know; tf.keras' layer
/// normalization by way of batch normalization ("thaw.FusedLayerNormalization"); the bias behind an
/// Einsum, which gets it as a third input; images that chance changes as they are
/// ("thaw.WithoutChance").
void simplify(foreign::ForeignGraph& graph);

/// Leaves out of nodes' names what says nothing, as layers are named after them: the scope that
/// nearly all share ("mobilenetv2/"), and the operation's own name where it is alone in its scope.
/// Example: "mobilenetv2/block_1_add/add" → "block_1_add". Names stay unique; a model
/// without a name gets the scope's.
void shorten_names(foreign::ForeignGraph& graph);

}  // namespace thaw::tensorflow
