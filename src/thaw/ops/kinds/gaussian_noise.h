#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/phase.h"

namespace thaw::ops {

/// In training y = x + n, or x·(1 + n), for normal numbers n of this deviation; otherwise y = x.
struct GaussianNoise {
  float deviation = 0.0F;
  bool multiplies = false;
  Phase phase = Phase::by_run;

  static constexpr const char* name = "GaussianNoise";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("deviation", deviation);
    visit("multiplies", multiplies);
    visit("phase", phase);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const { return inputs[0]; }
  std::string_view words(const Shape&) const { return "gaussian noise"; }
};

}  // namespace thaw::ops
