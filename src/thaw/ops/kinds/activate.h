#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/activation.h"

namespace thaw::ops {

/// y = activation(x), element by element.
struct Activate {
  Activation activation;

  static constexpr const char* name = "Activate";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("activation", activation);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const { return inputs[0]; }
  std::string_view words(const Shape&) const { return "activation"; }
};

}  // namespace thaw::ops
