#pragma once

#include <span>
#include <string>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/phase.h"

namespace thaw::ops {

/// y = x, but for what a layer does in training alone, which no device computes: an executable of
/// that phase is refused with an Error that names `layer_class`.
struct RefusedInTraining {
  std::string layer_class;
  Phase phase = Phase::by_run;

  static constexpr const char* name = "RefusedInTraining";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("layer_class", layer_class);
    visit("phase", phase);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const { return inputs[0]; }
  std::string_view words(const Shape&) const { return "what is done in training alone"; }
};

}  // namespace thaw::ops
