#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"

namespace thaw::ops {

/// The same numbers under another shape.
struct Reshape {
  Shape shape;

  static constexpr const char* name = "Reshape";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("shape", shape);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "reshape"; }
};

}  // namespace thaw::ops
