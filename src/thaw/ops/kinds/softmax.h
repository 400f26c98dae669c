#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"

namespace thaw::ops {

/// y = exp(x)/Σexp(x) along the last axis.
struct Softmax {
  static constexpr const char* name = "Softmax";
  template <typename Visit>
  void fields(Visit&&) {}
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const { return inputs[0]; }
  std::string_view words(const Shape&) const { return "softmax"; }
};

}  // namespace thaw::ops
