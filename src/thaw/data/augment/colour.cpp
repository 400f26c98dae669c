#include "thaw/data/augment/colour.h"

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace thaw {
namespace {

float grey(const float* pixel) { return 0.299F * pixel[0] + 0.587F * pixel[1] + 0.114F * pixel[2]; }

float mean_grey(std::span<const float> pixels) {
  double sum = 0;
  for (size_t i = 0; i < pixels.size(); i += 3) sum += grey(pixels.data() + i);
  return static_cast<float>(sum * 3 / static_cast<double>(pixels.size()));
}

}  // namespace

void recolour(std::span<float> pixels, const Colour& colour) {
  assert(pixels.size() % 3 == 0);
  if (pixels.empty()) return;
  // With saturation − 1 and contrast − 1 as factors, no change (1) leaves each pixel exactly as it
  // is. Saturation changes no pixel's grey, so the mean can be taken before it.
  const float mean = mean_grey(pixels);
  const float away_from_grey = colour.saturation - 1;
  const float away_from_mean = colour.contrast - 1;
  for (size_t i = 0; i < pixels.size(); i += 3) {
    float* pixel = pixels.data() + i;
    const float own = grey(pixel);
    for (int channel = 0; channel < 3; ++channel) {
      const float saturated = pixel[channel] + away_from_grey * (pixel[channel] - own);
      const float value = saturated + away_from_mean * (saturated - mean) + colour.brightness;
      pixel[channel] = std::clamp(value, 0.0F, 255.0F);
    }
  }
}

void recolour_grey(std::span<float> pixels, const Colour& colour) {
  if (pixels.empty()) return;
  double sum = 0;
  for (const float value : pixels) sum += value;
  const auto mean = static_cast<float>(sum / static_cast<double>(pixels.size()));
  const float away_from_mean = colour.contrast - 1;
  for (float& value : pixels)
    value = std::clamp(value + away_from_mean * (value - mean) + colour.brightness, 0.0F, 255.0F);
}

}  // namespace thaw
