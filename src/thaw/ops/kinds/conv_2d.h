#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/activation.h"
#include "thaw/ops/geometry.h"

namespace thaw::ops {

/// y = activation(conv(x, kernel) + bias + residual). Inputs: x [H, W, C], kernel [h, w, C/groups,
/// K], then bias [K] and residual (y's shape) where the flags say so. The cross-correlation of
/// TensorFlow.
struct Conv2D {
  Size2 strides;
  Size2 dilations;
  Padding2 padding;
  int64_t groups = 1;
  bool has_bias = false;
  bool has_residual = false;
  /// Of 3×3 kernels and stride 1: whether a device may compute it as Winograd's F(4×4, 3×3), which
  /// takes fewer products and rounds otherwise.
  bool winograd = false;
  Activation activation;

  static constexpr const char* name = "Conv2D";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("strides", strides);
    visit("dilations", dilations);
    visit("padding", padding);
    visit("groups", groups);
    visit("has_bias", has_bias);
    visit("has_residual", has_residual);
    visit("winograd", winograd);
    visit("activation", activation);
  }
  int input_count() const { return 2 + int{has_bias} + int{has_residual}; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape& result) const;
};

}  // namespace thaw::ops
