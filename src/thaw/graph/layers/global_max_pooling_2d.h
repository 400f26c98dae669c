#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// The largest of each channel: [H, W, C] -> [C], or [1, 1, C] with keepdims.
struct GlobalMaxPooling2D {
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

Layer global_max_pooling_2d(layers::GlobalMaxPooling2D attributes = {});

}  // namespace thaw
