#include "thaw/data/augment/placement.h"

#include <cassert>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace thaw {
namespace {

/// The index inside [0, count) that a mirrored continuation shows: … 1 0 | 0 1 … n−1 | n−1 n−2 …
int mirrored(int index, int count) {
  const int period = 2 * count;
  const int place = ((index % period) + period) % period;
  return place < count ? place : period - 1 - place;
}

/// ⌊x⌋ of a number that fits an int. On plain x86-64 std::floor would be a function call a pixel.
int floor_to_int(float x) {
  const int cut = static_cast<int>(x);
  return cut - (static_cast<float>(cut) > x ? 1 : 0);
}

template <int channels>
struct Source {
  const float* pixels;
  int height;
  int width;

  const float* at(int x, int y) const {
    return pixels + (static_cast<ptrdiff_t>(y) * width + x) * channels;
  }

  /// The pixel at a place between pixels, bilinear.
  void interpolate(float x, float y, float* out) const {
    const int left = floor_to_int(x);
    const int top = floor_to_int(y);
    const float right_part = x - static_cast<float>(left);
    const float bottom_part = y - static_cast<float>(top);
    int columns[] = {left, left + 1};
    int rows[] = {top, top + 1};
    if (left < 0 || left + 1 >= width)
      for (int& column : columns) column = mirrored(column, width);
    if (top < 0 || top + 1 >= height)
      for (int& row : rows) row = mirrored(row, height);
    const float* a = at(columns[0], rows[0]);
    const float* b = at(columns[1], rows[0]);
    const float* c = at(columns[0], rows[1]);
    const float* d = at(columns[1], rows[1]);
    for (int channel = 0; channel < channels; ++channel) {
      // Written as a + t·(b − a), equal neighbours give exactly their value.
      const float upper = a[channel] + right_part * (b[channel] - a[channel]);
      const float lower = c[channel] + right_part * (d[channel] - c[channel]);
      out[channel] = upper + bottom_part * (lower - upper);
    }
  }
};

template <int channels>
void place_pixels(const Source<channels>& source, const Placement& placement, float* to) {
  const auto& [pixels, height, width] = source;
  const float centre_x = static_cast<float>(width - 1) / 2;
  const float centre_y = static_cast<float>(height - 1) / 2;
  const float angle = placement.degrees * std::numbers::pi_v<float> / 180;
  const float along = placement.zoom * std::cos(angle);
  const float across = placement.zoom * std::sin(angle);
  const float from_x = centre_x + placement.shift_x * static_cast<float>(width);
  const float from_y = centre_y + placement.shift_y * static_cast<float>(height);
  for (int y = 0; y < height; ++y) {
    const float dy = static_cast<float>(y) - centre_y;
    for (int x = 0; x < width; ++x, to += channels) {
      const float dx = static_cast<float>(placement.flip ? width - 1 - x : x) - centre_x;
      source.interpolate(from_x + (along * dx - across * dy), from_y + (across * dx + along * dy),
                         to);
    }
  }
}

}  // namespace

void place(std::span<const float> pixels, int height, int width, const Placement& placement,
           std::span<float> out) {
  assert(pixels.size() == out.size());
  const size_t places = static_cast<size_t>(height) * static_cast<size_t>(width);
  assert(pixels.size() == places || pixels.size() == 3 * places);
  if (pixels.size() == places) {
    place_pixels(Source<1>{pixels.data(), height, width}, placement, out.data());
  } else {
    place_pixels(Source<3>{pixels.data(), height, width}, placement, out.data());
  }
}

}  // namespace thaw
