#include "thaw/runtime/cpu/numerics/normalize.h"

#include "thaw/runtime/cpu/numerics/normalize_rows.h"

namespace thaw::cpu {
namespace {

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

/// Rows of a blocked layout go eight channels at a time, whose sums stay in registers.
bool in_eights(const ChannelRows& rows) { return rows.width == 8 || rows.width == 16; }

float* cleared(const ChannelRows& rows, float* partial, int64_t piece) {
  float* here = partial + 2 * piece * rows.width;
  std::fill_n(here, 2 * rows.width, 0.0F);
  return here;
}

/// The first row of the gradient of a piece, and how far apart its rows are.
struct GradientRows {
  const float* first;
  int64_t step;
};

GradientRows gradient_of(const ChannelRows& rows, ResultGradient gradient, int64_t piece) {
  const auto here = rows.piece(piece);
  if (!gradient.of_image) return {gradient.data + here.offset, rows.width};
  return {gradient.data + here.image * rows.channels + here.channel, 0};
}

}  // namespace

void clamped_affine(const ChannelRows& rows, const ClampedAffine& map, const float* x, float* y) {
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < rows.pieces(); ++i) {
    const auto piece = rows.piece(i);
    const Channels by = channels_at(map, piece.channel);
    const int64_t end = piece.offset + piece.rows * rows.width;
    if (in_eights(rows)) {
      for (int64_t c = 0; c < rows.width; c += 8) {
        const int64_t at = piece.offset + c;
        forward_eights(piece.rows, rows.width, by.from(c), x + at, y + at);
      }
    } else {
      for (int64_t at = piece.offset; at < end; at += rows.width)
        forward_row(rows.width, by, x + at, y + at);
    }
  }
}

void pooled_affine(const ChannelRows& rows, const ClampedAffine& map, const float* x,
                   float* y_mean) {
#pragma omp parallel for schedule(static)
  for (int64_t segment = 0; segment < rows.segments; ++segment) {
    const auto piece = rows.piece(segment * rows.pieces_a_segment());
    const Channels by = channels_at(map, piece.channel);
    const float* from = x + piece.offset;
    float* mean = y_mean + piece.image * rows.channels + piece.channel;
    if (in_eights(rows)) {
      for (int64_t c = 0; c < rows.width; c += 8)
        pooled_eights(rows.segment_rows, rows.width, by.from(c), from + c, mean + c);
      continue;
    }
    std::fill_n(mean, rows.width, 0.0F);
    for (int64_t row = 0; row < rows.segment_rows; ++row)
      pooled_row(rows.width, by, from + row * rows.width, mean);
    for (int64_t c = 0; c < rows.width; ++c) mean[c] /= static_cast<float>(rows.segment_rows);
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
    if (in_eights(rows)) {
      for (int64_t c = 0; c < rows.width; c += 8) {
        statistics_eights(piece.rows, rows.width, pivot + c, x + piece.offset + c, sums + c,
                          sums + rows.width + c);
      }
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
                   ResultGradient y_gradient, float* partial, float* sum, float* sum_with_x,
                   float* x_gradient) {
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < rows.pieces(); ++i) {
    const auto piece = rows.piece(i);
    const Channels by = channels_at(map, piece.channel);
    const GradientRows gradient = gradient_of(rows, y_gradient, i);
    float* sums = cleared(rows, partial, i);
    if (in_eights(rows)) {
      for (int64_t c = 0; c < rows.width; c += 8) {
        const int64_t at = piece.offset + c;
        sum_eights(piece.rows, rows.width, by.from(c), x + at, gradient.first + c, gradient.step,
                   sums + c, sums + rows.width + c,
                   x_gradient == nullptr ? nullptr : x_gradient + at);
      }
      continue;
    }
    for (int64_t row = 0; row < piece.rows; ++row) {
      const int64_t at = piece.offset + row * rows.width;
      const float* g = gradient.first + row * gradient.step;
      sum_row(rows.width, by, x + at, g, sums, sums + rows.width);
      if (x_gradient != nullptr) scaled_row(rows.width, by, x + at, g, x_gradient + at);
    }
  }
  for (int64_t c = 0; c < rows.channels; ++c) {
    sum[c] = static_cast<float>(total(rows, partial, c, 0));
    sum_with_x[c] = static_cast<float>(total(rows, partial, c, 1));
  }
}

void affine_gradient(const ChannelRows& rows, const ClampedAffine& map, const float* slope,
                     const float* shift, const float* x, ResultGradient y_gradient,
                     float* x_gradient) {
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < rows.pieces(); ++i) {
    const auto piece = rows.piece(i);
    const Channels by = channels_at(map, piece.channel);
    const GradientRows gradient = gradient_of(rows, y_gradient, i);
    if (in_eights(rows)) {
      for (int64_t c = 0; c < rows.width; c += 8) {
        const int64_t at = piece.offset + c;
        gradient_eights(piece.rows, rows.width, by.from(c), slope + piece.channel + c,
                        shift + piece.channel + c, x + at, gradient.first + c, gradient.step,
                        x_gradient + at);
      }
      continue;
    }
    for (int64_t row = 0; row < piece.rows; ++row) {
      const int64_t at = piece.offset + row * rows.width;
      gradient_row(rows.width, by, slope + piece.channel, shift + piece.channel, x + at,
                   gradient.first + row * gradient.step, x_gradient + at);
    }
  }
}

}  // namespace thaw::cpu
