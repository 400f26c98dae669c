#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// The mean of each channel: [H, W, C] -> [C], or [1, 1, C] with keepdims.
struct GlobalAveragePooling2D {
  bool keepdims = false;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("keepdims", keepdims);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer global_average_pooling_2d(layers::GlobalAveragePooling2D attributes = {});

}  // namespace thaw
