#include "thaw/runtime/cpu/numerics/affine.h"

#include <algorithm>
#include <cmath>

namespace thaw::cpu {
namespace {

/// abcd continued as dcba|abcd|dcba, period by period.
float reflected(float place, float size) {
  const float period = 2 * size;
  if (place < 0) {
    place += period * std::trunc(-place / period);
    place = place < -size ? place + period : -place - 1;
  } else if (place > size - 1) {
    place -= period * std::trunc(place / period);
    if (place >= size) place = period - place - 1;
  }
  return place;
}

/// abcd continued as abcd|abcd|abcd; between d and a lies nothing, as in TensorFlow.
float wrapped(float place, float size) {
  if (place < 0) return place + size * (std::trunc(-place / (size - 1)) + 1);
  if (place > size - 1) return place - size * std::trunc(place / (size - 1));
  return place;
}

/// The place within an image of `count` rows or columns that stands for one beyond it.
float inside(FillMode fill, float place, int64_t count) {
  const auto size = static_cast<float>(count);
  switch (fill) {
    case FillMode::constant:
      return place;
    case FillMode::nearest:
      break;
    case FillMode::reflect:
      place = count > 1 ? reflected(place, size) : 0;
      break;
    case FillMode::wrap:
      place = count > 1 ? wrapped(place, size) : 0;
      break;
  }
  return std::clamp(place, 0.0F, size - 1);
}

/// Calls visit(offset of the old pixel or −1 beyond the image, offset of the new one, weight) for
/// all that goes into the new image.
template <typename Visit>
void for_each_source(const AffineSampling& how, const Affine& map, Visit&& visit) {
  const auto offset = [&](float y, float x) -> int64_t {
    const bool is_inside =
        y >= 0 && x >= 0 && y < static_cast<float>(how.rows) && x < static_cast<float>(how.columns);
    if (!is_inside) return -1;
    return (static_cast<int64_t>(y) * how.columns + static_cast<int64_t>(x)) * how.channels;
  };
  for (int64_t row = 0; row < how.rows; ++row) {
    for (int64_t column = 0; column < how.columns; ++column) {
      const auto i = static_cast<float>(column);
      const auto j = static_cast<float>(row);
      const float x = inside(how.fill, map.a[0] * i + map.a[1] * j + map.a[2], how.columns);
      const float y = inside(how.fill, map.b[0] * i + map.b[1] * j + map.b[2], how.rows);
      const int64_t target = (row * how.columns + column) * how.channels;
      if (how.interpolation == Interpolation::nearest) {
        visit(offset(std::round(y), std::round(x)), target, 1.0F);
        continue;
      }
      const float top = std::floor(y);
      const float left = std::floor(x);
      const float below = y - top;
      const float beside = x - left;
      visit(offset(top, left), target, (1 - below) * (1 - beside));
      visit(offset(top, left + 1), target, (1 - below) * beside);
      visit(offset(top + 1, left), target, below * (1 - beside));
      visit(offset(top + 1, left + 1), target, below * beside);
    }
  }
}

}  // namespace

Affine Affine::after(const Affine& first) const {
  Affine result;
  for (int i = 0; i < 3; ++i) {
    const float shift = i == 2 ? 1.0F : 0.0F;
    result.a[i] = a[0] * first.a[i] + a[1] * first.b[i] + shift * a[2];
    result.b[i] = b[0] * first.a[i] + b[1] * first.b[i] + shift * b[2];
  }
  return result;
}

void sample(const AffineSampling& how, const Affine& map, const float* image, float* result) {
  std::fill_n(result, how.rows * how.columns * how.channels, 0.0F);
  for_each_source(how, map, [&](int64_t source, int64_t target, float weight) {
    if (weight == 0) return;
    for (int64_t c = 0; c < how.channels; ++c)
      result[target + c] += weight * (source < 0 ? how.fill_value : image[source + c]);
  });
}

void sample_backward(const AffineSampling& how, const Affine& map, const float* above,
                     float* gradient) {
  for_each_source(how, map, [&](int64_t source, int64_t target, float weight) {
    if (weight == 0 || source < 0) return;
    for (int64_t c = 0; c < how.channels; ++c) gradient[source + c] += weight * above[target + c];
  });
}

}  // namespace thaw::cpu
