#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "thaw/core/shape.h"
#include "thaw/ops/geometry.h"
#include "thaw/ops/phase.h"
#include "thaw/ops/range.h"
#include "thaw/ops/sampling.h"

namespace thaw::ops {

/// In training changes each image by numbers drawn for it; otherwise y = x. An `amount` a is drawn
/// from its range, evenly. Those kinds that name a probability draw that too, and leave so many
/// images as they are. Every formula is that of Keras's layer.
struct RandomChange {
  enum class Kind {
    saturation,     ///< in HSV: s·a/(1 − a + 1e-7), held within `limits`
    hue,            ///< in HSV: h ± a/2, by a coin
    fade,           ///< x + a·(grey − x), held within `limits`: RandomColorDegeneration
    grayscale,      ///< with `probability`: the pixel's grey
    invert,         ///< with `probability`: the higher limit − x
    posterize,      ///< the first a of 8 bits, a whole and below the range's end
    solarize,       ///< of 0 … 255: min(x + a, 255), and 255 − that from a drawn `threshold` on
    sharpen,        ///< x + (1 − 2a)·(smoothed − x), held within `limits`
    blur,           ///< with `probability`: a Gaussian's `kernel`, whose two a the batch shares
    auto_contrast,  ///< each channel stretched to `limits`
    equalize,       ///< each channel's histogram in `bins`, of the batch as a whole, made even
    erase,          ///< with `probability`: a box of √a of the height and √a′ of the width
    perspective,    ///< with `probability`: each corner moved by a part a of its coordinates
    elastic,        ///< with `probability`: each pixel moved; see cpu/numerics/displace.h
  };
  Kind kind = Kind::invert;
  Range probability = {1, 1};
  Range amount;
  Range threshold;          ///< of 0 … 1
  Range limits = {0, 255};  ///< the images' value_range
  Size2 kernel = {3, 3};
  int64_t bins = 256;
  /// Of what is erased: one number, one for each channel, or none for noise as wide as `limits`.
  std::vector<float> fill_values;
  Interpolation interpolation = Interpolation::bilinear;  ///< nearest or bilinear
  FillMode fill = FillMode::reflect;
  float fill_value = 0.0F;
  Phase phase = Phase::by_run;

  static constexpr const char* name = "RandomChange";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("kind", kind);
    visit("probability", probability);
    visit("amount", amount);
    visit("threshold", threshold);
    visit("limits", limits);
    visit("kernel", kernel);
    visit("bins", bins);
    visit("fill_values", fill_values);
    visit("interpolation", interpolation);
    visit("fill", fill);
    visit("fill_value", fill_value);
    visit("phase", phase);
  }
  /// Throws Error where colours are changed and x has not 3 channels, or 1 for grey, or where it
  /// has other channels than fill_values: it can be passed on, but not be trained with.
  void expect_channels(const Shape& x) const;

  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape& result) const;
};

}  // namespace thaw::ops
