#pragma once

#include <functional>

#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {

/// Emits a convolution that may be computed as Winograd's F(4×4, 3×3) (Lavin and Gray 2016, "Fast
/// algorithms for convolutional neural networks") in three steps: tiles of 6×6 pixels are
/// transformed, multiplied by kernels that were transformed when they were packed, one matrix
/// product for each of the 36 places, and transformed back to 4×4 pixels. False, with nothing
/// emitted, in training and for so few images that it would not be faster.
///
/// `destination` gives the buffer for a result of this layout, which holds the residual where there
/// is one.
bool emit_winograd(Emitter& emit, const ops::Conv2D& op, NodeRef node,
                   const std::function<BufferId(const Desc&)>& destination);

}  // namespace thaw::cpu
