#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"

namespace thaw::ops {

/// y = |x|, ln x, x^exponent, or x held within `lowest` and `highest`, element by element: what is
/// no activation of Keras.
struct Elementwise {
  enum class Kind { absolute, logarithm, power, clip };
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
