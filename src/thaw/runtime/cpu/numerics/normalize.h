#pragma once

#include "thaw/runtime/cpu/numerics/channel_rows.h"

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

/// The mean of y over each image: y_mean[image, channel]. The rows must be by_image().
void pooled_affine(const ChannelRows& rows, const ClampedAffine& map, const float* x,
                   float* y_mean);

/// The gradient of y: a number for each element, or, where all pixels of an image have got the same
/// one, for each image and channel; then the rows must be by_image().
struct ResultGradient {
  const float* data = nullptr;
  bool of_image = false;
};

/// Mean and biased variance of each channel. `partial` has room for partial_sums(rows) numbers.
void batch_statistics(const ChannelRows& rows, const float* x, float* partial, float* mean,
                      float* variance);

/// With g the gradient of y where it was not clamped: Σ g and Σ g·(x − mean) a channel; and, unless
/// it is null, x_gradient = g·scale, which by fixed statistics is all of it.
void gradient_sums(const ChannelRows& rows, const ClampedAffine& map, const float* x,
                   ResultGradient y_gradient, float* partial, float* sum, float* sum_with_x,
                   float* x_gradient);

/// x_gradient = g·scale − (x − mean)·slope − shift.
void affine_gradient(const ChannelRows& rows, const ClampedAffine& map, const float* slope,
                     const float* shift, const float* x, ResultGradient y_gradient,
                     float* x_gradient);

inline int64_t partial_sums(const ChannelRows& rows) { return 2 * rows.width * rows.pieces(); }

}  // namespace thaw::cpu
