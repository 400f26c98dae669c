#pragma once

#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {

/// Emits `node`, a 1×1 convolution, together with the depthwise 3×3 convolution that alone reads
/// its result: what is between them stays in the processor's cache, a few rows at a time. The bits
/// are those of one after the other. False, with nothing emitted, where they are no such pair, or
/// where oneDNN does not find it worth while.
bool emit_depthwise_pair(Emitter& emit, const ops::Conv2D& op, NodeRef node);

}  // namespace thaw::cpu
