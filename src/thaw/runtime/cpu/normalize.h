#pragma once

#include "thaw/runtime/cpu/channel_rows.h"

namespace thaw::cpu {

/// y = clamp((x − mean)·scale + offset, low, high), the three of each channel: batch normalization
/// and the rectifier after it in one pass. Without a rectifier low and high are infinite.
struct ClampedAffine {
  const float* mean = nullptr;
  const float* scale = nullptr;
  const float* offset = nullptr;
  float low = 0;
  float high = 0;
};

void clamped_affine(const ChannelRows& rows, const ClampedAffine& map, const float* x, float* y);

/// Mean and biased variance of each channel. `partial` has room for partial_sums(rows) numbers.
void batch_statistics(const ChannelRows& rows, const float* x, float* partial, float* mean,
                      float* variance);

/// With g the gradient of y where it was not clamped: Σ g and Σ g·(x − mean) a channel; and, unless
/// it is null, x_gradient = g·scale, which by fixed statistics is all of it.
void gradient_sums(const ChannelRows& rows, const ClampedAffine& map, const float* x,
                   const float* y_gradient, float* partial, float* sum, float* sum_with_x,
                   float* x_gradient);

/// x_gradient = g·scale − (x − mean)·slope − shift.
void affine_gradient(const ChannelRows& rows, const ClampedAffine& map, const float* slope,
                     const float* shift, const float* x, const float* y_gradient,
                     float* x_gradient);

inline int64_t partial_sums(const ChannelRows& rows) { return 2 * rows.width * rows.pieces(); }

}  // namespace thaw::cpu
