#include "thaw/runtime/cpu/normalize.h"

#include <cstring>

#include "thaw/runtime/cpu/vector_code.h"

namespace thaw::cpu {
namespace {

/// The channels of one piece.
struct Channels {
  const float* mean;
  const float* scale;
  const float* offset;
  float low, high;
};

#define THAW_ALWAYS_INLINE inline __attribute__((always_inline))

/// Eight channels at once, however wide the processor's registers are.
using Eight = float __attribute__((vector_size(32)));
using EightMasks = int32_t __attribute__((vector_size(32)));

THAW_ALWAYS_INLINE void load(Eight& to, const float* from) { std::memcpy(&to, from, sizeof to); }
THAW_ALWAYS_INLINE void store(float* to, const Eight& from) { std::memcpy(to, &from, sizeof from); }

/// The channels of one row of a blocked layout.
struct EightChannels {
  Eight mean, scale, offset, low, high;

  THAW_ALWAYS_INLINE explicit EightChannels(const Channels& by) {
    load(mean, by.mean);
    load(scale, by.scale);
    load(offset, by.offset);
    low = Eight{} + by.low;
    high = Eight{} + by.high;
  }
  /// x − mean to `distance`; to `g`, which holds the gradient of y, what passes the clamp.
  THAW_ALWAYS_INLINE void pass(const float* x, Eight& distance, Eight& g) const {
    load(distance, x);
    distance -= mean;
    const Eight z = distance * scale + offset;
    g = reinterpret_cast<Eight>(reinterpret_cast<EightMasks>(g) & (z > low) & (z < high));
  }
};

THAW_VECTOR_CODE void forward_eights(int64_t rows, const Channels& channels, const float* x,
                                     float* y) {
  const EightChannels by(channels);
  for (int64_t row = 0; row < rows; ++row) {
    Eight z;
    load(z, x + 8 * row);
    z = (z - by.mean) * by.scale + by.offset;
    z = z < by.low ? by.low : z;
    z = z > by.high ? by.high : z;
    store(y + 8 * row, z);
  }
}

THAW_VECTOR_CODE void statistics_eights(int64_t rows, const float* pivot, const float* x,
                                        float* sum, float* square) {
  Eight center, sums{}, squares{};
  load(center, pivot);
  for (int64_t row = 0; row < rows; ++row) {
    Eight distance;
    load(distance, x + 8 * row);
    distance -= center;
    sums += distance;
    squares += distance * distance;
  }
  store(sum, sums);
  store(square, squares);
}

/// Where `result` is there, by fixed statistics, also g·scale to it.
THAW_VECTOR_CODE void sum_eights(int64_t rows, const Channels& channels, const float* x,
                                 const float* gradient, float* sum, float* sum_with_x,
                                 float* result) {
  const EightChannels by(channels);
  Eight sums{}, sums_with_x{};
  for (int64_t row = 0; row < rows; ++row) {
    Eight distance, g;
    load(g, gradient + 8 * row);
    by.pass(x + 8 * row, distance, g);
    sums += g;
    sums_with_x += g * distance;
    if (result != nullptr) store(result + 8 * row, g * by.scale);
  }
  store(sum, sums);
  store(sum_with_x, sums_with_x);
}

THAW_VECTOR_CODE void gradient_eights(int64_t rows, const Channels& channels, const float* slope,
                                      const float* shift, const float* x, const float* gradient,
                                      float* result) {
  const EightChannels by(channels);
  Eight slopes, shifts;
  load(slopes, slope);
  load(shifts, shift);
  for (int64_t row = 0; row < rows; ++row) {
    Eight distance, g;
    load(g, gradient + 8 * row);
    by.pass(x + 8 * row, distance, g);
    store(result + 8 * row, g * by.scale - distance * slopes - shifts);
  }
}

THAW_ALWAYS_INLINE float passed(float distance, float gradient, const Channels& by, int64_t c) {
  const float z = distance * by.scale[c] + by.offset[c];
  // Both comparisons always: a branch could not be vector code.
  const bool inside = static_cast<int>(z > by.low) & static_cast<int>(z < by.high);
  return inside ? gradient : 0.0F;
}

THAW_VECTOR_CODE void forward_row(int64_t width, const Channels& by, const float* __restrict x,
                                  float* __restrict y) {
  for (int64_t c = 0; c < width; ++c) {
    const float z = (x[c] - by.mean[c]) * by.scale[c] + by.offset[c];
    const float above = z < by.low ? by.low : z;  // in this order, what is no number stays so
    y[c] = above > by.high ? by.high : above;
  }
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

Channels channels_at(const ClampedAffine& map, int64_t channel) {
  return {map.mean + channel, map.scale + channel, map.offset + channel, map.low, map.high};
}

/// The sum over all pieces of number `which` (0 or 1) of channel `channel`.
double total(const ChannelRows& rows, const float* partial, int64_t channel, int64_t which) {
  const int64_t blocks = rows.channels / rows.width;
  const int64_t each = rows.pieces_a_segment();
  double sum = 0;
  for (int64_t segment = channel / rows.width; segment < rows.segments; segment += blocks) {
    for (int64_t piece = segment * each; piece < (segment + 1) * each; ++piece)
      sum += double{partial[(2 * piece + which) * rows.width + channel % rows.width]};
  }
  return sum;
}

float* cleared(const ChannelRows& rows, float* partial, int64_t piece) {
  float* here = partial + 2 * piece * rows.width;
  std::fill_n(here, 2 * rows.width, 0.0F);
  return here;
}

}  // namespace

void clamped_affine(const ChannelRows& rows, const ClampedAffine& map, const float* x, float* y) {
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < rows.pieces(); ++i) {
    const auto piece = rows.piece(i);
    const Channels by = channels_at(map, piece.channel);
    const int64_t end = piece.offset + piece.rows * rows.width;
    if (rows.width == 8) {
      forward_eights(piece.rows, by, x + piece.offset, y + piece.offset);
    } else {
      for (int64_t at = piece.offset; at < end; at += rows.width)
        forward_row(rows.width, by, x + at, y + at);
    }
  }
}

/// Distances are taken from one of the values, so that squares of a large mean cannot drown the
/// variance.
void batch_statistics(const ChannelRows& rows, const float* x, float* partial, float* mean,
                      float* variance) {
  // The first value of each channel, kept where the mean will be.
  const int64_t blocks = rows.channels / rows.width;
  for (int64_t block = 0; block < blocks; ++block)
    std::copy_n(x + block * rows.segment_rows * rows.width, rows.width, mean + block * rows.width);
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < rows.pieces(); ++i) {
    const auto piece = rows.piece(i);
    const float* pivot = mean + piece.channel;
    float* sums = cleared(rows, partial, i);
    const int64_t end = piece.offset + piece.rows * rows.width;
    if (rows.width == 8) {
      statistics_eights(piece.rows, pivot, x + piece.offset, sums, sums + 8);
    } else {
      for (int64_t at = piece.offset; at < end; at += rows.width)
        statistics_row(rows.width, pivot, x + at, sums, sums + rows.width);
    }
  }
  const auto count = static_cast<double>(rows.samples());
  for (int64_t c = 0; c < rows.channels; ++c) {
    const double distance = total(rows, partial, c, 0) / count;
    const double square = total(rows, partial, c, 1) / count;
    mean[c] = static_cast<float>(double{mean[c]} + distance);
    variance[c] = static_cast<float>(std::max(square - distance * distance, 0.0));
  }
}

void gradient_sums(const ChannelRows& rows, const ClampedAffine& map, const float* x,
                   const float* y_gradient, float* partial, float* sum, float* sum_with_x,
                   float* x_gradient) {
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < rows.pieces(); ++i) {
    const auto piece = rows.piece(i);
    const Channels by = channels_at(map, piece.channel);
    float* sums = cleared(rows, partial, i);
    const int64_t end = piece.offset + piece.rows * rows.width;
    if (rows.width == 8) {
      sum_eights(piece.rows, by, x + piece.offset, y_gradient + piece.offset, sums, sums + 8,
                 x_gradient == nullptr ? nullptr : x_gradient + piece.offset);
      continue;
    }
    for (int64_t at = piece.offset; at < end; at += rows.width) {
      sum_row(rows.width, by, x + at, y_gradient + at, sums, sums + rows.width);
      if (x_gradient != nullptr)
        scaled_row(rows.width, by, x + at, y_gradient + at, x_gradient + at);
    }
  }
  for (int64_t c = 0; c < rows.channels; ++c) {
    sum[c] = static_cast<float>(total(rows, partial, c, 0));
    sum_with_x[c] = static_cast<float>(total(rows, partial, c, 1));
  }
}

void affine_gradient(const ChannelRows& rows, const ClampedAffine& map, const float* slope,
                     const float* shift, const float* x, const float* y_gradient,
                     float* x_gradient) {
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < rows.pieces(); ++i) {
    const auto piece = rows.piece(i);
    const Channels by = channels_at(map, piece.channel);
    const int64_t end = piece.offset + piece.rows * rows.width;
    if (rows.width == 8) {
      gradient_eights(piece.rows, by, slope + piece.channel, shift + piece.channel,
                      x + piece.offset, y_gradient + piece.offset, x_gradient + piece.offset);
    } else {
      for (int64_t at = piece.offset; at < end; at += rows.width) {
        gradient_row(rows.width, by, slope + piece.channel, shift + piece.channel, x + at,
                     y_gradient + at, x_gradient + at);
      }
    }
  }
}

}  // namespace thaw::cpu
