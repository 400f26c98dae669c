#include "thaw/runtime/cpu/numerics/filter.h"

#include <algorithm>
#include <cmath>

namespace thaw::cpu {
namespace {

std::vector<float> gaussian(int64_t length, float sigma) {
  std::vector<float> weights;
  float sum = 0;
  for (int64_t i = 0; i < length; ++i) {
    const float place = (static_cast<float>(i) - static_cast<float>(length - 1) / 2) / sigma;
    weights.push_back(std::exp(-0.5F * place * place));
    sum += weights.back();
  }
  for (float& weight : weights) weight /= sum;
  return weights;
}

/// Calls visit(pixel, neighbour, weight) for all pairs within the image, which are offsets of their
/// first channels.
template <typename Visit>
void for_each_neighbour(const Filter& filter, const ImageSize& size, Visit&& visit) {
  for (int64_t row = 0; row < size.rows; ++row) {
    const int64_t above = row - filter.rows / 2;
    const int64_t first_row = std::max<int64_t>(0, -above);
    const int64_t end_row = std::min(filter.rows, size.rows - above);
    for (int64_t column = 0; column < size.columns; ++column) {
      const int64_t before = column - filter.columns / 2;
      const int64_t first_column = std::max<int64_t>(0, -before);
      const int64_t end_column = std::min(filter.columns, size.columns - before);
      for (int64_t i = first_row; i < end_row; ++i) {
        for (int64_t j = first_column; j < end_column; ++j) {
          visit((row * size.columns + column) * size.channels,
                ((above + i) * size.columns + before + j) * size.channels,
                filter.weights[static_cast<size_t>(i * filter.columns + j)]);
        }
      }
    }
  }
}

}  // namespace

Filter smoothing_filter() {
  Filter filter{.rows = 3, .columns = 3, .weights = std::vector<float>(9, 1.0F / 13.0F)};
  filter.weights[4] = 5.0F / 13.0F;
  return filter;
}

Filter gaussian_filter(int64_t rows, int64_t columns, float first_sigma, float second_sigma) {
  const std::vector<float> first = gaussian(rows, first_sigma);
  const std::vector<float> second = gaussian(columns, second_sigma);
  Filter filter{.rows = rows, .columns = columns, .weights = {}};
  for (const float weight : second)
    for (const float other : first) filter.weights.push_back(weight * other);
  return filter;
}

void apply(const Filter& filter, const ImageSize& size, const float* x, float* y) {
  std::fill_n(y, size.elements(), 0.0F);
  for_each_neighbour(filter, size, [&](int64_t pixel, int64_t neighbour, float weight) {
    for (int64_t c = 0; c < size.channels; ++c) y[pixel + c] += weight * x[neighbour + c];
  });
}

void apply_backward(const Filter& filter, const ImageSize& size, const float* above,
                    float* gradient) {
  std::fill_n(gradient, size.elements(), 0.0F);
  for_each_neighbour(filter, size, [&](int64_t pixel, int64_t neighbour, float weight) {
    for (int64_t c = 0; c < size.channels; ++c)
      gradient[neighbour + c] += weight * above[pixel + c];
  });
}

void blur_square(int64_t length, float sigma, const ImageSize& size, std::vector<float>& values) {
  if (length == 1) return;
  const std::vector<float> weights = gaussian(length, sigma);
  std::vector<float> between(values.size());
  apply({.rows = 1, .columns = length, .weights = weights}, size, values.data(), between.data());
  apply({.rows = length, .columns = 1, .weights = weights}, size, between.data(), values.data());
}

}  // namespace thaw::cpu
