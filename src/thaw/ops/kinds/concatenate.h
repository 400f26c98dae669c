#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/input_count.h"

namespace thaw::ops {

/// Joins inputs along `axis` (0 is the first after the batch).
struct Concatenate {
  int axis = 2;

  static constexpr const char* name = "Concatenate";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("axis", axis);
  }
  int input_count() const { return any_number; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "concatenation"; }
};

}  // namespace thaw::ops
