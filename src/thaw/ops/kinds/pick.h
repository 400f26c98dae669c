#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "thaw/core/shape.h"

namespace thaw::ops {

/// y[i, j, …] = x[indices[0][i], indices[1][j], …], one list an axis; `fill` where an index is −1.
/// Slices, reversals, repeats and padding of any axes. Example: {{2, 1, 0}} turns a vector of 3
/// around.
struct Pick {
  std::vector<std::vector<int64_t>> indices;
  float fill = 0.0F;

  static constexpr const char* name = "Pick";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("indices", indices);
    visit("fill", fill);
  }
  int input_count() const { return 1; }
  /// Throws Error for another count of lists than x has axes, and for an index that x has not.
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "slice"; }
};

}  // namespace thaw::ops
