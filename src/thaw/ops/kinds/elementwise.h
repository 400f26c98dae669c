#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"

namespace thaw::ops {

/// y = |x|, ln x, x^exponent, x held within `lowest` and `highest`, ⌊x⌋, the nearest whole number
/// (of two the even one), the sign (−1, 0, 1), or x with no gradient, element by element: what is
/// no activation of Keras. The last four have a gradient of 0.
struct Elementwise {
  enum class Kind { absolute, logarithm, power, clip, floor, round, sign, stop_gradient };
  Kind kind = Kind::absolute;
  float exponent = 1.0F;
  float lowest = 0.0F;
  float highest = 0.0F;

  static constexpr const char* name = "Elementwise";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("kind", kind);
    visit("exponent", exponent);
    visit("lowest", lowest);
    visit("highest", highest);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const { return inputs[0]; }
  std::string_view words(const Shape& result) const;
};

}  // namespace thaw::ops
