#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"
#include "thaw/ops/geometry.h"

namespace thaw {
namespace layers {

/// Rows and columns of zeros around an image; one number, (rows, columns), or {{top, bottom},
/// {left, right}}.
struct ZeroPadding2D {
  Padding2 padding = {1, 1, 1, 1};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("padding", padding);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer zero_padding_2d(layers::ZeroPadding2D attributes = {});

}  // namespace thaw
