#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/phase.h"

namespace thaw::ops {

/// In training zeroes each element with probability `rate` and divides the rest by 1 − rate;
/// otherwise y = x. Where it keeps moments, an element is set to α′ = −1.7580993 instead, where
/// SELU saturates, and all become a·y + b, so that numbers of mean 0 and variance 1 stay so: a =
/// ((1 − rate)·(1 + rate·α′²))^−½, b = −a·α′·rate. Source: Klambauer et al. 2017,
/// "Self-normalizing neural networks".
struct Dropout {
  float rate = 0.5F;
  bool keeps_moments = false;
  /// Of what is drawn for a sample: a size of 1 is repeated over x's. Empty: x's own shape.
  Shape drawn;
  Phase phase = Phase::by_run;

  static constexpr const char* name = "Dropout";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("rate", rate);
    visit("keeps_moments", keeps_moments);
    visit("drawn", drawn);
    visit("phase", phase);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "dropout"; }
};

}  // namespace thaw::ops
