#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// Joins its inputs along `axis` (the batch axis is 0, −1 the last).
struct Concatenate {
  int64_t axis = -1;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("axis", axis);
  }
  Shape output_shape(std::span<const Shape> inputs) const;
  ops::Value lower(const LowerContext& context, std::span<const ops::Value> inputs) const;
};

}  // namespace layers

Layer concatenate(layers::Concatenate attributes = {});

}  // namespace thaw
