#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"

namespace thaw::ops {

/// y = exp(x)/Σexp(x) along the last axis, or the logarithm of that, x − ln Σexp(x).
struct Softmax {
  bool logarithm = false;

  static constexpr const char* name = "Softmax";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("logarithm", logarithm);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const { return inputs[0]; }
  std::string_view words(const Shape&) const { return logarithm ? "log softmax" : "softmax"; }
};

}  // namespace thaw::ops
