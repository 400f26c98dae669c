#pragma once

#include <span>
#include <string_view>

#include "thaw/core/shape.h"
#include "thaw/ops/activation.h"

namespace thaw::ops {

/// y = activation(x · kernel + bias) over the last axis. Inputs: x [..., in], kernel [in, out],
/// bias [out].
struct MatMul {
  bool has_bias = false;
  Activation activation;

  static constexpr const char* name = "MatMul";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("has_bias", has_bias);
    visit("activation", activation);
  }
  int input_count() const { return 2 + int{has_bias}; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "matrix product"; }
};

}  // namespace thaw::ops
