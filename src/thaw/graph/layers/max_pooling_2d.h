#pragma once

#include <optional>
#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// The largest of each window, channel by channel; strides default to pool_size.
struct MaxPooling2D {
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

Layer max_pooling_2d(layers::MaxPooling2D attributes = {});

}  // namespace thaw
