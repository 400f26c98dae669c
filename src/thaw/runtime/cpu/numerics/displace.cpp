#include "thaw/runtime/cpu/numerics/displace.h"

#include <algorithm>
#include <cmath>

#include "thaw/runtime/cpu/numerics/filter.h"

namespace thaw::cpu {
namespace {

/// Beyond what 32 bits count, which no image reaches, in either direction.
int64_t whole(float place) { return static_cast<int64_t>(std::clamp(place, -1e9F, 1e9F)); }

/// The row or column within an image of `count` that stands for one beyond it; −1: none does.
int64_t brought_back(const Displacing& how, int64_t index, int64_t count) {
  const bool is_inside = index >= 0 && index < count;
  switch (how.fill) {
    case FillMode::constant:
      return is_inside ? index : -1;
    case FillMode::wrap:
      return (index % count + count) % count;
    case FillMode::reflect: {
      const int64_t place = std::abs(index) % (2 * count);
      if (place < count) return place;
      return 2 * count - place - 1;
    }
    case FillMode::nearest:
      break;
  }
  return std::clamp<int64_t>(index, 0, count - 1);
}

/// Calls visit(offset of the old pixel or −1 beyond the image, offset of the new one, weight).
template <typename Visit>
void for_each_source(const ImageSize& size, const Displacing& how,
                     std::span<const float> displacements, Visit&& visit) {
  const auto offset = [&](int64_t row, int64_t column) -> int64_t {
    const int64_t y = brought_back(how, row, size.rows);
    const int64_t x = brought_back(how, column, size.columns);
    return y < 0 || x < 0 ? -1 : (y * size.columns + x) * size.channels;
  };
  for (int64_t p = 0; p < size.pixels(); ++p) {
    const float moved = displacements[static_cast<size_t>(p)];
    const int64_t row = p / size.columns;
    const float y = static_cast<float>(row) + moved;
    const float x = static_cast<float>(p - row * size.columns) + moved;
    const int64_t target = p * size.channels;
    if (how.interpolation == Interpolation::nearest) {
      visit(offset(whole(std::nearbyint(y)), whole(std::nearbyint(x))), target, 1.0F);
      continue;
    }
    const int64_t top = whole(std::floor(y));
    const int64_t left = whole(std::floor(x));
    const float below = y - std::floor(y);
    const float beside = x - std::floor(x);
    visit(offset(top, left), target, (1 - below) * (1 - beside));
    visit(offset(top, left + 1), target, (1 - below) * beside);
    visit(offset(top + 1, left), target, below * (1 - beside));
    visit(offset(top + 1, left + 1), target, below * beside);
  }
}

}  // namespace

void displacements(const ImageSize& size, float distortion, std::vector<float>& noise) {
  const float alpha = 0.1F * distortion * static_cast<float>(std::max(size.rows, size.columns));
  const float sigma = 0.05F * distortion * static_cast<float>(std::min(size.rows, size.columns));
  for (float& number : noise) number *= sigma;
  const ImageSize plane = {size.rows, size.columns, 1};
  blur_square(6 * static_cast<int64_t>(sigma) | 1, sigma, plane, noise);
  for (float& number : noise) number *= alpha;
}

void displace(const ImageSize& size, const Displacing& how, std::span<const float> displacements,
              const float* x, float* y) {
  std::fill_n(y, size.elements(), 0.0F);
  for_each_source(size, how, displacements, [&](int64_t source, int64_t target, float weight) {
    for (int64_t c = 0; c < size.channels; ++c)
      y[target + c] += weight * (source < 0 ? how.fill_value : x[source + c]);
  });
}

void displace_backward(const ImageSize& size, const Displacing& how,
                       std::span<const float> displacements, const float* above, float* gradient) {
  for_each_source(size, how, displacements, [&](int64_t source, int64_t target, float weight) {
    if (source < 0) return;
    for (int64_t c = 0; c < size.channels; ++c) gradient[source + c] += weight * above[target + c];
  });
}

}  // namespace thaw::cpu
