#pragma once

#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {

/// Emits the gradients of the kernel of `node`, a depthwise convolution of one result a channel,
/// and of its bias, where `bias_trains`:
///
///     kernel[i, j, c] = Σ x[n, sh + di − top, sw + dj − left, c] · g[n, h, w, c]
///     bias[c] = Σ g[n, h, w, c]
///
/// over images n and pixels (h, w) of g, the result's gradient, with strides s and dilations d. x
/// is asked for as `x_layout`, g as `result_layout`. Products are added one by one, as oneDNN's
/// reference implementation does, and give its bits; for kernels other than 3×3 oneDNN has no
/// other, and it takes a hundred times as long. False, with nothing emitted, where no eight
/// channels lie side by side.
bool emit_depthwise_gradient(Emitter& emit, const ops::Conv2D& op, NodeRef node,
                             const Desc& x_layout, const Desc& result_layout, bool bias_trains);

}  // namespace thaw::cpu
