#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"
#include "thaw/ops/geometry.h"

namespace thaw {
namespace layers {

/// Each row and column `size` times: [H, W, C] -> [H·size, W·size, C]. interpolation: nearest
/// (plain repetition), bilinear, bicubic, lanczos3, lanczos5.
struct UpSampling2D {
  Size2 size = 2;
  std::string interpolation = "nearest";
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("size", size);
    visit("interpolation", interpolation);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer up_sampling_2d(layers::UpSampling2D attributes = {});

}  // namespace thaw
