#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "thaw/core/shape.h"

namespace thaw::ops {

/// y's axis i is x's axis order[i] (0 is the first after the batch).
struct Transpose {
  std::vector<int> order;

  static constexpr const char* name = "Transpose";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("order", order);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "transposition"; }
};

}  // namespace thaw::ops
