#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"
#include "thaw/ops/geometry.h"

namespace thaw {
namespace layers {

/// An image without its outer rows and columns: one number of each side, (rows, columns), or {{top,
/// bottom}, {left, right}}.
struct Cropping2D {
  Padding2 cropping = {};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("cropping", cropping);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer cropping_2d(layers::Cropping2D attributes = {});

}  // namespace thaw
