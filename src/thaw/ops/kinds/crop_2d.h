#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/geometry.h"

namespace thaw::ops {

/// An image without some of its outer rows and columns.
struct Crop2D {
  Padding2 cropping;

  static constexpr const char* name = "Crop2D";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("cropping", cropping);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "cropping"; }
};

}  // namespace thaw::ops
