#pragma once

#include <cstddef>
#include <cstdint>

#include "thaw/data/resize.h"

namespace thaw {

/// A part of an image of three channels.
struct ImageView {
  const uint8_t* first = nullptr;
  std::ptrdiff_t row_bytes = 0;
  int width = 0;
  int height = 0;
};

/// Resizes the whole view to width × height, along x and then along y: each value is the mean of
/// those around s = (x + ½)·in/out, weighed by a kernel of their distance, of those within the
/// image alone. The kernels are a triangle of radius 1 (bilinear), and Keys's cubic with a = −½ of
/// radius 2 (bicubic: "Cubic convolution interpolation for digital image processing", 1981; values
/// are then cut to 0 … 255). With antialiasing, and where the image shrinks, the kernel is as many
/// times wider. As tf.image.resize and Pillow do, but without their rounding. `out_row`: values
/// from one row of `out` to the next. Not for ResizeInterpolation::bilinear, which is exact
/// elsewhere.
void resize_filtered(const ImageView& view, ResizeInterpolation interpolation, int width,
                     int height, float* out, std::ptrdiff_t out_row);

}  // namespace thaw
