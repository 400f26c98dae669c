#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// y = x where x ≥ 0; negative_slope·x below.
struct LeakyReLU {
  float negative_slope = 0.3F;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("negative_slope", negative_slope);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer leaky_relu(layers::LeakyReLU attributes = {});

}  // namespace thaw
