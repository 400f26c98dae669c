#pragma once

#include <optional>
#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// The mean of each window, channel by channel; strides default to pool_size. A mean counts only
/// what lies inside the image.
struct AveragePooling2D {
  Size2 pool_size = 2;
  std::optional<Size2> strides = {};
  std::string padding = "valid";
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("pool_size", pool_size);
    visit("strides", strides);
    visit("padding", padding);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer average_pooling_2d(layers::AveragePooling2D attributes = {});

}  // namespace thaw
