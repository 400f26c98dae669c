#pragma once

#include "thaw/core/random.h"
#include "thaw/ops/kinds/random_color.h"
#include "thaw/runtime/cpu/numerics/colours.h"

namespace thaw::cpu {

/// The numbers kept of an image: contrast, brightness, and behind them each channel's mean.
constexpr int64_t recolouring_numbers(const ImageSize& size) { return 2 + size.channels; }

/// Draws contrast and brightness.
void draw_recolouring(const ops::RandomColor& op, Random& random, float* numbers);
/// y = contrast·(x − mean) + mean + brightness, held within the limits; fills in the means.
void recolour(const ops::RandomColor& op, const ImageSize& size, float* numbers, const float* x,
              float* y);
void recolour_backward(const ops::RandomColor& op, const ImageSize& size, const float* numbers,
                       const float* x, const float* above, float* gradient);

}  // namespace thaw::cpu
