#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"

namespace thaw::ops {

/// y = a · b over the last two axes, for each of the others: a [..., m, k] and b [..., k, n], or b
/// [..., n, k] where it is transposed, to y [..., m, n]. Both are batches.
struct BatchMatMul {
  bool transposes_second = false;

  static constexpr const char* name = "BatchMatMul";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("transposes_second", transposes_second);
  }
  int input_count() const { return 2; }
  /// Throws Error when the sizes do not fit.
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "product of two tensors"; }
};

}  // namespace thaw::ops
