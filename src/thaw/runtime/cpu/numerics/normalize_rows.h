#pragma once

#include <cstdint>

#include "thaw/runtime/cpu/numerics/vector_code.h"

/// The inner loops of normalize.cpp: eight channels of rows that lie `width` apart (`_eights`), and
/// whole rows of any width.
namespace thaw::cpu {
namespace {

/// The channels of one piece, or of its rows from some channel on.
struct Channels {
  const float* mean;
  const float* scale;
  const float* offset;
  float low, high;

  Channels from(int64_t c) const { return {mean + c, scale + c, offset + c, low, high}; }
};

/// Eight channels of a blocked layout's rows.
struct EightChannels {
  Eight mean, scale, offset, low, high;

  THAW_ALWAYS_INLINE explicit EightChannels(const Channels& by) {
    load(mean, by.mean);
    load(scale, by.scale);
    load(offset, by.offset);
    low = Eight{} + by.low;
    high = Eight{} + by.high;
  }
  /// y of one row to `z`.
  THAW_ALWAYS_INLINE void result(const float* x, Eight& z) const {
    load(z, x);
    z = (z - mean) * scale + offset;
    z = z < low ? low : z;  // in this order, what is no number stays so
    z = z > high ? high : z;
  }
  /// x − mean to `distance`; to `g`, which holds the gradient of y, what passes the clamp.
  THAW_ALWAYS_INLINE void pass(const float* x, Eight& distance, Eight& g) const {
    load(distance, x);
    distance -= mean;
    const Eight z = distance * scale + offset;
    g = reinterpret_cast<Eight>(reinterpret_cast<EightMasks>(g) & (z > low) & (z < high));
  }
};

THAW_VECTOR_CODE void forward_eights(int64_t rows, int64_t width, const Channels& channels,
                                     const float* x, float* y) {
  const EightChannels by(channels);
  for (int64_t row = 0; row < rows; ++row) {
    Eight z;
    by.result(x + width * row, z);
    store(y + width * row, z);
  }
}

/// The mean of what forward_eights gives.
THAW_VECTOR_CODE void pooled_eights(int64_t rows, int64_t width, const Channels& channels,
                                    const float* x, float* mean) {
  const EightChannels by(channels);
  Eight sums{};
  for (int64_t row = 0; row < rows; ++row) {
    Eight z;
    by.result(x + width * row, z);
    sums += z;
  }
  store(mean, sums / (Eight{} + static_cast<float>(rows)));
}

THAW_VECTOR_CODE void statistics_eights(int64_t rows, int64_t width, const float* pivot,
                                        const float* x, float* sum, float* square) {
  Eight center, sums{}, squares{};
  load(center, pivot);
  for (int64_t row = 0; row < rows; ++row) {
    Eight distance;
    load(distance, x + width * row);
    distance -= center;
    sums += distance;
    squares += distance * distance;
  }
  store(sum, sums);
  store(square, squares);
}

/// Where `result` is there, by fixed statistics, also g·scale to it. `step` is how far apart the
/// rows of `gradient` are: `width`, or 0 where all rows share one.
THAW_VECTOR_CODE void sum_eights(int64_t rows, int64_t width, const Channels& channels,
                                 const float* x, const float* gradient, int64_t step, float* sum,
                                 float* sum_with_x, float* result) {
  const EightChannels by(channels);
  Eight sums{}, sums_with_x{};
  for (int64_t row = 0; row < rows; ++row) {
    Eight distance, g;
    load(g, gradient + step * row);
    by.pass(x + width * row, distance, g);
    sums += g;
    sums_with_x += g * distance;
    if (result != nullptr) store(result + width * row, g * by.scale);
  }
  store(sum, sums);
  store(sum_with_x, sums_with_x);
}

THAW_VECTOR_CODE void gradient_eights(int64_t rows, int64_t width, const Channels& channels,
                                      const float* slope, const float* shift, const float* x,
                                      const float* gradient, int64_t step, float* result) {
  const EightChannels by(channels);
  Eight slopes, shifts;
  load(slopes, slope);
  load(shifts, shift);
  for (int64_t row = 0; row < rows; ++row) {
    Eight distance, g;
    load(g, gradient + step * row);
    by.pass(x + width * row, distance, g);
    store(result + width * row, g * by.scale - distance * slopes - shifts);
  }
}

THAW_ALWAYS_INLINE float result_of(float x, const Channels& by, int64_t c) {
  const float z = (x - by.mean[c]) * by.scale[c] + by.offset[c];
  const float above = z < by.low ? by.low : z;
  return above > by.high ? by.high : above;
}

THAW_ALWAYS_INLINE float passed(float distance, float gradient, const Channels& by, int64_t c) {
  const float z = distance * by.scale[c] + by.offset[c];
  // Both comparisons always: a branch could not be vector code.
  const bool inside = static_cast<int>(z > by.low) & static_cast<int>(z < by.high);
  return inside ? gradient : 0.0F;
}

THAW_VECTOR_CODE void forward_row(int64_t width, const Channels& by, const float* __restrict x,
                                  float* __restrict y) {
  for (int64_t c = 0; c < width; ++c) y[c] = result_of(x[c], by, c);
}

THAW_VECTOR_CODE void pooled_row(int64_t width, const Channels& by, const float* __restrict x,
                                 float* __restrict sum) {
  for (int64_t c = 0; c < width; ++c) sum[c] += result_of(x[c], by, c);
}

THAW_VECTOR_CODE void statistics_row(int64_t width, const float* pivot, const float* __restrict x,
                                     float* __restrict sum, float* __restrict square) {
  for (int64_t c = 0; c < width; ++c) {
    const float distance = x[c] - pivot[c];
    sum[c] += distance;
    square[c] += distance * distance;
  }
}

THAW_VECTOR_CODE void sum_row(int64_t width, const Channels& by, const float* __restrict x,
                              const float* __restrict gradient, float* __restrict sum,
                              float* __restrict sum_with_x) {
  for (int64_t c = 0; c < width; ++c) {
    const float distance = x[c] - by.mean[c];
    const float g = passed(distance, gradient[c], by, c);
    sum[c] += g;
    sum_with_x[c] += g * distance;
  }
}

THAW_VECTOR_CODE void scaled_row(int64_t width, const Channels& by, const float* __restrict x,
                                 const float* __restrict gradient, float* __restrict result) {
  for (int64_t c = 0; c < width; ++c)
    result[c] = passed(x[c] - by.mean[c], gradient[c], by, c) * by.scale[c];
}

THAW_VECTOR_CODE void gradient_row(int64_t width, const Channels& by, const float* slope,
                                   const float* shift, const float* __restrict x,
                                   const float* __restrict gradient, float* __restrict result) {
  for (int64_t c = 0; c < width; ++c) {
    const float distance = x[c] - by.mean[c];
    const float g = passed(distance, gradient[c], by, c);
    result[c] = g * by.scale[c] - distance * slope[c] - shift[c];
  }
}

}  // namespace
}  // namespace thaw::cpu
