#include "thaw/runtime/cpu/numerics/colours.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace thaw::cpu {
namespace {

constexpr float white = 255.0F;

struct Hsv {
  float hue = 0;  ///< of a full circle
  float saturation = 0;
  float value = 0;
};

Hsv hsv_of(const float* rgb) {
  const float value = std::max({rgb[0], rgb[1], rgb[2]});
  const float range = value - std::min({rgb[0], rgb[1], rgb[2]});
  Hsv hsv{.hue = 0, .saturation = value > 0 ? range / value : 0, .value = value};
  if (!(range > 0)) return hsv;
  const float sixth = 1 / (6 * range);
  if (rgb[0] == value) {
    hsv.hue = sixth * (rgb[1] - rgb[2]);
  } else if (rgb[1] == value) {
    hsv.hue = sixth * (rgb[2] - rgb[0]) + 2.0F / 6.0F;
  } else {
    hsv.hue = sixth * (rgb[0] - rgb[1]) + 4.0F / 6.0F;
  }
  if (hsv.hue < 0) hsv.hue += 1;
  return hsv;
}

void to_rgb(const Hsv& hsv, float* rgb) {
  const float six = hsv.hue * 6;
  const float parts[] = {std::abs(six - 3) - 1, 2 - std::abs(six - 2), 2 - std::abs(six - 4)};
  for (int c = 0; c < 3; ++c) {
    const float part = std::clamp(parts[c], 0.0F, 1.0F);
    rgb[c] = (1 - hsv.saturation + hsv.saturation * part) * hsv.value;
  }
}

float grey_of(const float* pixel, int64_t channels) {
  return channels == 1 ? pixel[0] : pixel[0] * 0.2989F + pixel[1] * 0.587F + pixel[2] * 0.114F;
}

/// As Keras moves values from one range to another; where both are the same nothing happens.
float moved(float x, const ops::Range& from, const ops::Range& to) {
  if (from == to) return x;
  return (x - from.low) / (from.high - from.low) * (to.high - to.low) + to.low;
}

constexpr ops::Range bytes = {0, white};

/// As Keras's Equalization does, which rounds otherwise.
float scaled(float x, const ops::Range& from, const ops::Range& to) {
  const double scale = (double{to.high} - double{to.low}) / (double{from.high} - double{from.low});
  const double offset = double{to.low} - double{from.low} * scale;
  return x * static_cast<float>(scale) + static_cast<float>(offset);
}

/// What is no number is in the first.
int64_t bin_of(float value, int64_t bins) {
  return value > 0 ? static_cast<int64_t>(std::min(value, static_cast<float>(bins - 1))) : 0;
}

EqualizingTable table_of(const std::vector<int64_t>& histogram) {
  if (std::ranges::count_if(histogram, [](int64_t count) { return count > 0; }) < 2) return {};
  std::vector<int64_t> sums(histogram.size());
  std::partial_sum(histogram.begin(), histogram.end(), sums.begin());
  const int64_t first = *std::ranges::find_if(sums, [](int64_t sum) { return sum > 0; });
  const auto width = static_cast<double>(sums.back() - first);
  EqualizingTable table;
  for (const int64_t sum : sums) {
    const double level = static_cast<double>(sum - first) * double{white} / width;
    table.push_back(static_cast<float>(std::clamp(std::nearbyint(level), 0.0, double{white})));
  }
  return table;
}

}  // namespace

void change_saturation(const ImageSize& size, float factor, const ops::Range& limits,
                       const float* x, float* y) {
  for (int64_t p = 0; p < size.pixels(); ++p) {
    Hsv hsv = hsv_of(x + p * 3);
    hsv.saturation = std::clamp(hsv.saturation * factor, limits.low, limits.high);
    to_rgb(hsv, y + p * 3);
  }
}

void change_hue(const ImageSize& size, float shift, const ops::Range& limits, const float* x,
                float* y) {
  const ops::Range unit = {0, 1};
  for (int64_t p = 0; p < size.pixels(); ++p) {
    float rgb[3];
    for (int c = 0; c < 3; ++c) rgb[c] = moved(x[p * 3 + c], limits, unit);
    Hsv hsv = hsv_of(rgb);
    hsv.hue += shift;
    if (hsv.hue > 1) hsv.hue -= 1;
    if (hsv.hue < 0) hsv.hue += 1;
    to_rgb(hsv, rgb);
    for (int c = 0; c < 3; ++c) y[p * 3 + c] = moved(std::clamp(rgb[c], 0.0F, 1.0F), unit, limits);
  }
}

void fade(const ImageSize& size, float part, const float* x, float* y) {
  for (int64_t p = 0; p < size.pixels(); ++p) {
    const float* from = x + p * size.channels;
    const float grey = grey_of(from, size.channels);
    for (int64_t c = 0; c < size.channels; ++c)
      y[p * size.channels + c] = from[c] + part * (grey - from[c]);
  }
}

void fade_backward(const ImageSize& size, float part, const float* above, float* gradient) {
  constexpr float shares[] = {0.2989F, 0.587F, 0.114F};
  for (int64_t p = 0; p < size.pixels(); ++p) {
    const float* from = above + p * size.channels;
    float sum = 0;
    for (int64_t c = 0; c < size.channels; ++c) sum += from[c];
    for (int64_t c = 0; c < size.channels; ++c) {
      const float share = size.channels == 1 ? 1.0F : shares[c];
      gradient[p * size.channels + c] = (1 - part) * from[c] + part * share * sum;
    }
  }
}

void posterize(const ImageSize& size, int bits, const ops::Range& limits, const float* x,
               float* y) {
  const int shift = 8 - bits;
  for (int64_t e = 0; e < size.elements(); ++e) {
    const int64_t byte = bin_of(moved(x[e], limits, bytes), 256);
    y[e] = moved(static_cast<float>(byte >> shift << shift), bytes, limits);
  }
}

void solarize(const ImageSize& size, const Solarizing& how, const ops::Range& limits,
              const float* x, float* y) {
  for (int64_t e = 0; e < size.elements(); ++e) {
    const float value = std::clamp(moved(x[e], limits, bytes) + how.addition, 0.0F, white);
    y[e] = moved(value < how.threshold ? value : white - value, bytes, limits);
  }
}

float solarize_slope(const Solarizing& how, const ops::Range& limits, float x) {
  const float value = moved(x, limits, bytes) + how.addition;
  if (value < 0 || value > white) return 0;
  return value < how.threshold ? 1.0F : -1.0F;
}

void stretch(const ImageSize& size, const ops::Range& limits, const float* x, float* y) {
  for (int64_t c = 0; c < size.channels; ++c) {
    float low = moved(x[c], limits, bytes);
    float high = low;
    for (int64_t e = c; e < size.elements(); e += size.channels) {
      const float value = moved(x[e], limits, bytes);
      low = std::min(low, value);
      high = std::max(high, value);
    }
    const bool is_flat = !(high > low);
    const float scale = white / (high - low);
    for (int64_t e = c; e < size.elements(); e += size.channels) {
      const float value = moved(x[e], limits, bytes) * scale + -low * scale;
      y[e] = is_flat ? x[e] : moved(std::clamp(value, 0.0F, white), bytes, limits);
    }
  }
}

std::vector<EqualizingTable> equalizing_tables(int64_t count, const ImageSize& size, int64_t bins,
                                               const ops::Range& limits, const float* x) {
  std::vector<std::vector<int64_t>> histograms(static_cast<size_t>(size.channels),
                                               std::vector<int64_t>(static_cast<size_t>(bins)));
  for (int64_t e = 0; e < count * size.elements(); ++e) {
    const float value = scaled(x[e], limits, bytes) * static_cast<float>(bins - 1) / white;
    ++histograms[static_cast<size_t>(e % size.channels)][static_cast<size_t>(bin_of(value, bins))];
  }
  std::vector<EqualizingTable> tables;
  tables.reserve(histograms.size());
  for (const auto& histogram : histograms) tables.push_back(table_of(histogram));
  return tables;
}

void equalize(const ImageSize& size, const std::vector<EqualizingTable>& tables,
              const ops::Range& limits, const float* x, float* y) {
  for (int64_t e = 0; e < size.elements(); ++e) {
    const EqualizingTable& table = tables[static_cast<size_t>(e % size.channels)];
    if (table.empty()) {
      y[e] = x[e];
      continue;
    }
    const auto bins = static_cast<int64_t>(table.size());
    const float level = scaled(x[e], limits, bytes) / white * static_cast<float>(bins - 1);
    y[e] = scaled(table[static_cast<size_t>(bin_of(level, bins))], bytes, limits);
  }
}

}  // namespace thaw::cpu
