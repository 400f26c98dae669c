#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/phase.h"

namespace thaw::ops {

/// In training zeroes each element with probability `rate` and divides the rest by 1 − rate;
/// otherwise y = x.
struct Dropout {
  float rate = 0.5F;
  /// Of what is drawn for a sample: a size of 1 is repeated over x's. Empty: x's own shape.
  Shape drawn;
  Phase phase = Phase::by_run;

  static constexpr const char* name = "Dropout";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("rate", rate);
    visit("drawn", drawn);
    visit("phase", phase);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "dropout"; }
};

}  // namespace thaw::ops
