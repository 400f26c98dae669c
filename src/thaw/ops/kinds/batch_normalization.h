#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/phase.h"

namespace thaw::ops {

/// y = gamma·(x − mean)/√(variance + epsilon) + beta over the last axis. Inputs: x, then gamma and
/// beta where the flags say so, then the moving mean and variance. In training mean and variance
/// are the batch's (biased variance), and moving ← momentum·moving + (1 − momentum)·batch.
struct BatchNormalization {
  float epsilon = 1e-3F;
  float momentum = 0.99F;
  bool has_scale = true;
  bool has_center = true;
  Phase phase = Phase::by_run;

  static constexpr const char* name = "BatchNormalization";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("epsilon", epsilon);
    visit("momentum", momentum);
    visit("has_scale", has_scale);
    visit("has_center", has_center);
    visit("phase", phase);
  }
  int input_count() const { return 3 + int{has_scale} + int{has_center}; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "batch normalization"; }
};

}  // namespace thaw::ops
