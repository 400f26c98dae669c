#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/geometry.h"

namespace thaw::ops {

/// y = what a convolution of these strides and this padding passes to its input as gradient, +
/// bias. Inputs: x [H, W, C], kernel [h, w, K, C], then bias [K] where the flag says so; y [size,
/// K].
struct ConvTranspose2D {
  Size2 strides;
  Padding2 padding;
  Size2 size;
  bool has_bias = false;

  static constexpr const char* name = "ConvTranspose2D";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("strides", strides);
    visit("padding", padding);
    visit("size", size);
    visit("has_bias", has_bias);
  }
  int input_count() const { return 2 + int{has_bias}; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "transposed convolution"; }
};

}  // namespace thaw::ops
