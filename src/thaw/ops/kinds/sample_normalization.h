#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "thaw/core/shape.h"

namespace thaw::ops {

/// y = gamma·(x − mean)/√(variance + epsilon) + beta, where mean and (biased) variance are those of
/// each sample's own `groups` equal parts of the channels: over all its pixels, or of each pixel by
/// itself. Inputs: x [..., C], then gamma [C] and beta [C] where the flags say so.
struct SampleNormalization {
  float epsilon = 1e-3F;
  int64_t groups = 1;
  bool by_pixel = false;
  bool has_scale = true;
  bool has_center = true;

  static constexpr const char* name = "SampleNormalization";
  template <typename Visit>
  void fields(Visit&& visit) {
    visit("epsilon", epsilon);
    visit("groups", groups);
    visit("by_pixel", by_pixel);
    visit("has_scale", has_scale);
    visit("has_center", has_center);
  }
  int input_count() const { return 1 + int{has_scale} + int{has_center}; }
  Shape output_shape(std::span<const Shape> inputs) const;
  std::string_view words(const Shape&) const {
    return by_pixel ? "layer normalization" : "group normalization";
  }
};

}  // namespace thaw::ops
