#pragma once

#include <cstdint>
#include <vector>

#include "thaw/ops/range.h"

namespace thaw::cpu {

/// The size of one image, whose pixels stand row by row and hold their channels side by side.
struct ImageSize {
  int64_t rows = 0;
  int64_t columns = 0;
  int64_t channels = 0;

  int64_t pixels() const { return rows * columns; }
  int64_t elements() const { return rows * columns * channels; }
};

// Each writes to y what it makes of one image x; y may be x.

/// In HSV the saturation times `factor`, held within `limits`, whatever the colours' own range is:
/// Keras's RandomSaturation. Source of the conversions: TensorFlow's rgb_to_hsv and hsv_to_rgb.
void change_saturation(const ImageSize& size, float factor, const ops::Range& limits,
                       const float* x, float* y);
/// In HSV the hue plus `shift`, a part of the full circle, of colours within `limits`.
void change_hue(const ImageSize& size, float shift, const ops::Range& limits, const float* x,
                float* y);
/// x + part·(grey − x) in every channel: grey = 0.2989 R + 0.587 G + 0.114 B, or x itself where it
/// has but one channel.
void fade(const ImageSize& size, float part, const float* x, float* y);
/// The gradient of fade().
void fade_backward(const ImageSize& size, float part, const float* above, float* gradient);
/// Of `limits` spread over 0 … 255 the first `bits` of 8.
void posterize(const ImageSize& size, int bits, const ops::Range& limits, const float* x, float* y);

struct Solarizing {
  float addition = 0;     ///< both of 0 … 255
  float threshold = 255;  ///< from here on a value v becomes 255 − v
};
void solarize(const ImageSize& size, const Solarizing& how, const ops::Range& limits,
              const float* x, float* y);
/// What the result changes by, over what x does: 1, −1, or 0 where it is held.
float solarize_slope(const Solarizing& how, const ops::Range& limits, float x);

/// Each channel stretched so that it fills `limits`; one of a single number stays as it is.
void stretch(const ImageSize& size, const ops::Range& limits, const float* x, float* y);

/// What makes a channel's histogram even: new values of 0 … 255 for each of the bins; empty where
/// all its values fell into one.
using EqualizingTable = std::vector<float>;
/// Those of each channel, over `count` images together.
std::vector<EqualizingTable> equalizing_tables(int64_t count, const ImageSize& size, int64_t bins,
                                               const ops::Range& limits, const float* x);
void equalize(const ImageSize& size, const std::vector<EqualizingTable>& tables,
              const ops::Range& limits, const float* x, float* y);

}  // namespace thaw::cpu
