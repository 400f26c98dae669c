#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/geometry.h"
#include "thaw/ops/sampling.h"

namespace thaw::ops {

/// An image at another size, with half-pixel centres as in TensorFlow; `cropping` is cut off first.
struct Resize2D {
  Size2 size;
  Interpolation interpolation = Interpolation::bilinear;
  bool antialias = false;
  Padding2 cropping;

  static constexpr const char* name = "Resize2D";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("size", size);
    visit("interpolation", interpolation);
    visit("antialias", antialias);
    visit("cropping", cropping);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "resizing"; }
};

}  // namespace thaw::ops
