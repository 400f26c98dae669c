#pragma once

#include <array>
#include <cstdint>

#include "thaw/ops/sampling.h"

namespace thaw::cpu {

/// Where pixel (x, y) of a new image comes from: (a₀x + a₁y + a₂, b₀x + b₁y + b₂) of the old one.
struct Affine {
  float a[3] = {1, 0, 0};
  float b[3] = {0, 1, 0};

  /// The map that asks `first` where to look, and then this one.
  Affine after(const Affine& first) const;
};

/// The same with both divided by c₀x + c₁y + 1; where that is 0 lies nothing.
struct Perspective {
  Affine view;
  float c[2] = {0, 0};
};

/// The map of an image's corners `ends`, each (x, y), to the corners `starts` of the image that is
/// read. Corners of which three lie on a line give one that reads nothing.
Perspective perspective_of(const std::array<std::array<float, 2>, 4>& starts,
                           const std::array<std::array<float, 2>, 4>& ends);

struct AffineSampling {
  int64_t rows = 0;
  int64_t columns = 0;
  int64_t channels = 0;
  Interpolation interpolation = Interpolation::bilinear;  ///< nearest or bilinear
  FillMode fill = FillMode::reflect;
  float fill_value = 0.0F;
};

/// One image read through the map, as TensorFlow's ImageProjectiveTransformV3 does.
void sample(const AffineSampling& how, const Affine& map, const float* image, float* result);
void sample(const AffineSampling& how, const Perspective& map, const float* image, float* result);
/// Adds to the image's gradient what `above`, the result's, makes of it (exactly, where TensorFlow
/// takes the inverse map).
void sample_backward(const AffineSampling& how, const Affine& map, const float* above,
                     float* gradient);
void sample_backward(const AffineSampling& how, const Perspective& map, const float* above,
                     float* gradient);

}  // namespace thaw::cpu
