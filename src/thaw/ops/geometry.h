#pragma once

#include <cstdint>
#include <string>

#include "thaw/core/shape.h"

namespace thaw {

class Config;

/// Height and width. One number stands for both, as in Keras: {.kernel_size = 3}.
struct Size2 {
  int64_t height = 1;
  int64_t width = 1;

  Size2() = default;
  Size2(int both) : height(both), width(both) {}
  Size2(int64_t h, int64_t w) : height(h), width(w) {}
  /// Reads Keras's: 3, [3, 3]. Throws Error for anything else.
  static Size2 from_config(const Config& config);
  Config to_config() const;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("height", height);
    visit("width", width);
  }
  bool operator==(const Size2&) const = default;
};

/// Rows and columns added around an image. {1} adds one on each side.
struct Padding2 {
  int64_t top = 0;
  int64_t bottom = 0;
  int64_t left = 0;
  int64_t right = 0;

  /// Reads Keras's: 1, [1, 1], [[0, 1], [0, 1]]. Throws Error for anything else.
  static Padding2 from_config(const Config& config);
  Config to_config() const;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("top", top);
    visit("bottom", bottom);
    visit("left", left);
    visit("right", right);
  }
  bool none() const { return top == 0 && bottom == 0 && left == 0 && right == 0; }
  bool operator==(const Padding2&) const = default;
};

/// TensorFlow's padding of a sliding window over `image` (height, width, channels). "valid": none.
/// "same": output = ceil(input / stride), the odd row or column at the bottom or right.
/// Throws Error for another word.
Padding2 resolve_padding(const std::string& padding, const Shape& image, Size2 window,
                         Size2 strides, Size2 dilations = {});

/// Output size along one axis: floor((size + padding − (window − 1)·dilation − 1) / stride) + 1.
/// Throws Error when the window does not fit.
int64_t window_output(int64_t size, int64_t padding, int64_t window, int64_t stride,
                      int64_t dilation = 1);

/// Size along one axis after padding. Throws Error for a padding that is negative or absurd.
int64_t padded(int64_t size, int64_t before, int64_t after);

/// Size along one axis after cropping. Throws Error for a cropping that is negative or leaves
/// nothing.
int64_t cropped(int64_t size, int64_t before, int64_t after);

}  // namespace thaw
