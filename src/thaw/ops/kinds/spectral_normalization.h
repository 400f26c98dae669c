#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/phase.h"

namespace thaw::ops {

/// y = x: (x, kernel [..., units], u [1, units]) -> x. In training each pass first replaces the
/// kernel itself, seen as a matrix W [·, units], by W/σ, wherever it is read, and u by the
/// direction that is stretched most as far as it is found: `power_iterations` times v = uWᵀ/|uWᵀ|,
/// u = vW/|vW|, then σ = vWuᵀ. A kernel of zeros stays. Gradients are those of the replaced kernel,
/// as in Keras. Source: Miyato et al. 2018, "Spectral normalization for generative adversarial
/// networks".
struct SpectralNormalization {
  int64_t power_iterations = 1;
  Phase phase = Phase::by_run;

  static constexpr const char* name = "SpectralNormalization";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("power_iterations", power_iterations);
    visit("phase", phase);
  }
  int input_count() const { return 3; }
  /// x's own; throws Error where kernel and u do not fit.
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "spectral normalization"; }
};

}  // namespace thaw::ops
