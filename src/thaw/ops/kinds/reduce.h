#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "thaw/core/shape.h"

namespace thaw::ops {

/// The mean, sum, largest or smallest along `axes` (0 is the first after the batch), which stay as
/// axes of size 1. The gradient of a largest or smallest is shared by all that are equal to it, as
/// in TensorFlow.
struct Reduce {
  enum class Kind { mean, sum, maximum, minimum };
  Kind kind = Kind::mean;
  std::vector<int> axes;

  static constexpr const char* name = "Reduce";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("kind", kind);
    visit("axes", axes);
  }
  int input_count() const { return 1; }
  /// Throws Error for an axis that x has not.
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape& result) const;
};

}  // namespace thaw::ops
