#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"

namespace thaw::ops {

/// y = −x.
struct Negate {
  static constexpr const char* name = "Negate";
  template <typename Visit>
  void fields(Visit&&) {}
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const { return inputs[0]; }
  std::string_view words(const Shape&) const { return "negation"; }
};

}  // namespace thaw::ops
