#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// y = minᵢ xᵢ; a size of 1 is repeated to fit the others.
struct Minimum {
  std::string name;

  template <typename Visit>
  void fields(Visit&&) {}
  Shape output_shape(std::span<const Shape> inputs) const;
  ops::Value lower(const LowerContext& context, std::span<const ops::Value> inputs) const;
};

}  // namespace layers

Layer minimum(layers::Minimum attributes = {});

}  // namespace thaw
