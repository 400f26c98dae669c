#include "thaw/runtime/cpu/numerics/recolour.h"

#include <algorithm>

namespace thaw::cpu {
namespace {

void add_means(const ImageSize& size, const float* x, float* means) {
  std::vector<double> sums(static_cast<size_t>(size.channels), 0.0);
  for (int64_t p = 0; p < size.pixels(); ++p)
    for (int64_t c = 0; c < size.channels; ++c)
      sums[static_cast<size_t>(c)] += double{x[p * size.channels + c]};
  for (int64_t c = 0; c < size.channels; ++c) {
    means[c] =
        static_cast<float>(sums[static_cast<size_t>(c)] / static_cast<double>(size.pixels()));
  }
}

/// Before it is held within the limits.
float unlimited(const ops::RandomColor& op, const ImageSize& size, const float* numbers, float x,
                int64_t element) {
  if (!op.has_contrast()) return x + numbers[1];
  const float mean = numbers[2 + element % size.channels];
  return (x - mean) * numbers[0] + mean + numbers[1];
}

}  // namespace

void draw_recolouring(const ops::RandomColor& op, Random& random, float* numbers) {
  numbers[0] = random.uniform(op.contrast.low, op.contrast.high);
  numbers[1] = random.uniform(op.brightness.low, op.brightness.high);
}

void recolour(const ops::RandomColor& op, const ImageSize& size, float* numbers, const float* x,
              float* y) {
  add_means(size, x, numbers + 2);
  for (int64_t e = 0; e < size.elements(); ++e)
    y[e] = std::clamp(unlimited(op, size, numbers, x[e], e), op.limits.low, op.limits.high);
}

void recolour_backward(const ops::RandomColor& op, const ImageSize& size, const float* numbers,
                       const float* x, const float* above, float* gradient) {
  for (int64_t e = 0; e < size.elements(); ++e) {
    const float y = unlimited(op, size, numbers, x[e], e);
    const bool is_limited = y < op.limits.low || y > op.limits.high;
    gradient[e] = is_limited ? 0.0F : above[e];
  }
  if (!op.has_contrast()) return;
  std::vector<float> means(static_cast<size_t>(size.channels));
  add_means(size, gradient, means.data());
  for (int64_t e = 0; e < size.elements(); ++e) {
    const float mean = means[static_cast<size_t>(e % size.channels)];
    gradient[e] = (gradient[e] - mean) * numbers[0] + mean;
  }
}

}  // namespace thaw::cpu
