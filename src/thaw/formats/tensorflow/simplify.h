#pragma once

#include "thaw/formats/import/foreign_graph.h"

namespace thaw::tensorflow {

/// Replaces what TensorFlow itself writes in several operations by the one that it is: a dilated
/// convolution as SpaceToBatchND, convolution, BatchToSpaceND ("thaw.DilatedConv2D", whose inputs
/// are those of all three); erfc(−x) as 1 + erf(x), which patterns know.
void simplify(foreign::ForeignGraph& graph);

}  // namespace thaw::tensorflow
