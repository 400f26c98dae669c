#include "thaw/data/filtered_resize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace thaw {
namespace {

double triangle(double distance) { return std::max(0.0, 1.0 - std::abs(distance)); }

/// Keys 1981, equation 4, with a = −1/2.
double cubic(double distance) {
  const double x = std::abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

struct Kernel {
  double (*weight)(double distance);
  double radius;
  bool antialias;
};

Kernel kernel_of(ResizeInterpolation interpolation) {
  switch (interpolation) {
    case ResizeInterpolation::bicubic:
      return {&cubic, 2, false};
    case ResizeInterpolation::bicubic_antialias:
      return {&cubic, 2, true};
    default:
      return {&triangle, 1, true};
  }
}

/// The input values that one output value is made of.
struct Window {
  int first = 0;
  std::vector<float> weights;  ///< their sum is 1
};

std::vector<Window> windows(const Kernel& kernel, int input, int output) {
  const double scale = static_cast<double>(input) / output;
  const double stretch = kernel.antialias ? std::max(1.0, scale) : 1.0;
  std::vector<Window> result;
  for (int i = 0; i < output; ++i) {
    const double centre = (i + 0.5) * scale;
    const double reach = kernel.radius * stretch;
    const int first = std::clamp(static_cast<int>(std::floor(centre - reach)), 0, input - 1);
    const int last = std::clamp(static_cast<int>(std::ceil(centre + reach)), first + 1, input);
    Window window{first, {}};
    double sum = 0;
    for (int j = first; j < last; ++j) {
      const double weight = kernel.weight((j + 0.5 - centre) / stretch);
      window.weights.push_back(static_cast<float>(weight));
      sum += weight;
    }
    for (float& weight : window.weights) weight = static_cast<float>(weight / sum);
    result.push_back(std::move(window));
  }
  return result;
}

/// Row y of the view, resized along x.
void resize_row(const ImageView& view, int y, const std::vector<Window>& columns, float* target) {
  const uint8_t* row = view.first + y * view.row_bytes;
  for (const Window& window : columns) {
    const uint8_t* source = row + std::ptrdiff_t{window.first} * 3;
    std::array<float, 3> sums{};
    for (const float weight : window.weights) {
      for (size_t c = 0; c < 3; ++c) sums[c] += weight * static_cast<float>(source[c]);
      source += 3;
    }
    for (const float sum : sums) *target++ = sum;
  }
}

}  // namespace

void resize_filtered(const ImageView& view, ResizeInterpolation interpolation, int width,
                     int height, float* out, std::ptrdiff_t out_row) {
  const Kernel kernel = kernel_of(interpolation);
  const std::vector<Window> columns = windows(kernel, view.width, width);
  const std::vector<Window> lines = windows(kernel, view.height, height);
  const size_t row_values = static_cast<size_t>(width) * 3;
  // Rows come from the top down; as many are kept as one window needs at once.
  size_t most = 0;
  for (const Window& window : lines) most = std::max(most, window.weights.size());
  std::vector<float> kept(most * row_values);
  int next = 0;
  const auto row = [&](int y) { return kept.data() + static_cast<size_t>(y) % most * row_values; };
  for (int i = 0; i < height; ++i) {
    const Window& window = lines[static_cast<size_t>(i)];
    const int end = window.first + static_cast<int>(window.weights.size());
    for (next = std::max(next, window.first); next < end; ++next)
      resize_row(view, next, columns, row(next));
    float* target = out + i * out_row;
    std::fill_n(target, row_values, 0.0F);
    for (size_t k = 0; k < window.weights.size(); ++k) {
      const float* source = row(window.first + static_cast<int>(k));
      const float weight = window.weights[k];
      for (size_t x = 0; x < row_values; ++x) target[x] += weight * source[x];
    }
    for (size_t x = 0; x < row_values; ++x) target[x] = std::clamp(target[x], 0.0F, 255.0F);
  }
}

}  // namespace thaw
