#pragma once

#include <optional>
#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// y = max_value where x ≥ max_value; x where threshold ≤ x; negative_slope·(x − threshold) below.
struct ReLU {
  std::optional<float> max_value = {};
  float negative_slope = 0.0F;
  float threshold = 0.0F;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("max_value", max_value);
    visit("negative_slope", negative_slope);
    visit("threshold", threshold);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer relu(layers::ReLU attributes = {});

}  // namespace thaw
