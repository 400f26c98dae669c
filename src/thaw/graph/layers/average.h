#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// y = Σᵢ xᵢ / n for n inputs; a size of 1 is repeated to fit the others.
struct Average {
  std::string name;

  template <typename Visit>
  void fields(Visit&&) {}
  Shape output_shape(std::span<const Shape> inputs) const;
  ops::Value lower(const LowerContext& context, std::span<const ops::Value> inputs) const;
};

}  // namespace layers

Layer average(layers::Average attributes = {});

}  // namespace thaw
