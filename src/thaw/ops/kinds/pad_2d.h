#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/geometry.h"

namespace thaw::ops {

/// Zeros around an image.
struct Pad2D {
  Padding2 padding;

  static constexpr const char* name = "Pad2D";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("padding", padding);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "zero padding"; }
};

}  // namespace thaw::ops
