#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// y = x₁ − x₂; a size of 1 is repeated to fit the other.
struct Subtract {
  std::string name;

  template <typename Visit>
  void fields(Visit&&) {}
  Shape output_shape(std::span<const Shape> inputs) const;
  ops::Value lower(const LowerContext& context, std::span<const ops::Value> inputs) const;
};

}  // namespace layers

Layer subtract(layers::Subtract attributes = {});

}  // namespace thaw
