#pragma once

#include <vector>

#include "thaw/runtime/cpu/numerics/colours.h"

namespace thaw::cpu {

/// Weights of a pixel's neighbours, of an odd number of rows and columns.
struct Filter {
  int64_t rows = 1;
  int64_t columns = 1;
  std::vector<float> weights = {1.0F};
};

/// Nine neighbours, of which the middle counts 5/13 and each of the others 1/13.
Filter smoothing_filter();

/// exp(−½ (d/σ)²) along each axis, over their sum. Where Keras's gaussian_blur gives a window that
/// is no square its weights in another order, so does this one.
Filter gaussian_filter(int64_t rows, int64_t columns, float first_sigma, float second_sigma);

/// y = each channel's weighted sum of neighbours; beyond the edge lie zeros. y is not x.
void apply(const Filter& filter, const ImageSize& size, const float* x, float* y);
/// The gradient of apply().
void apply_backward(const Filter& filter, const ImageSize& size, const float* above,
                    float* gradient);

/// The same as applying gaussian_filter(length, length, sigma, sigma), in 2·length products a
/// value.
void blur_square(int64_t length, float sigma, const ImageSize& size, std::vector<float>& values);

}  // namespace thaw::cpu
