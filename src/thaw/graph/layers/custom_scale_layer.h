#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// y = x₁ + scale·x₂. InceptionResNetV2's own layer.
struct CustomScaleLayer {
  float scale = 1.0F;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("scale", scale);
  }
  Shape output_shape(std::span<const Shape> inputs) const;
  ops::Value lower(const LowerContext& context, std::span<const ops::Value> inputs) const;
};

}  // namespace layers

Layer custom_scale_layer(layers::CustomScaleLayer attributes = {});

}  // namespace thaw
