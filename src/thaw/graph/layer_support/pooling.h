#pragma once

#include <optional>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"
#include "thaw/ops/geometry.h"

namespace thaw::layers {

enum class Pooling { average, maximum };

/// What AveragePooling2D and MaxPooling2D are: one number for each window, channel by channel:
/// [H, W, C] -> [h, w, C]; strides default to pool_size. Throws Error for another rank and for a
/// window that does not fit.
template <Pooling how>
struct Pooling2D {
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

/// What GlobalAveragePooling2D and GlobalMaxPooling2D are: one number for each channel: [H, W, C]
/// -> [C], or [1, 1, C] with keepdims.
template <Pooling how>
struct GlobalPooling2D {
  bool keepdims = false;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("keepdims", keepdims);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace thaw::layers
