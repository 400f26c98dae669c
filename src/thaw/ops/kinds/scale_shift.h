#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "thaw/core/shape.h"
#include "thaw/ops/activation.h"

namespace thaw::ops {

/// y = activation(x·scale + offset), with one number for all or one a channel (last axis). Never
/// trains.
struct ScaleShift {
  std::vector<float> scale;
  std::vector<float> offset;
  Activation activation;

  static constexpr const char* name = "ScaleShift";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("scale", scale);
    visit("offset", offset);
    visit("activation", activation);
  }
  int input_count() const { return 1; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const { return "scale and offset"; }
};

}  // namespace thaw::ops
