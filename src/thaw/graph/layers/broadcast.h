#pragma once

#include <span>

#include "thaw/core/error.h"
#include "thaw/core/shape.h"
#include "thaw/graph/layer_type.h"

namespace thaw::layers {

/// The shape of an element-wise merge of `inputs`; throws Error when they do not fit.
inline Shape broadcast_shape(std::span<const Shape> inputs) {
  if (inputs.size() < 2)
    throw Error("expected two inputs or more, received " + std::to_string(inputs.size()));
  Shape result = inputs[0];
  for (const Shape& other : inputs.subspan(1)) {
    if (other.rank() != result.rank()) {
      throw Error("expected inputs of one rank, received " + result.to_string() + " and " +
                  other.to_string());
    }
    const Shape& larger = other.elements() > result.elements() ? other : result;
    const Shape& smaller = other.elements() > result.elements() ? result : other;
    for (int axis = 0; axis < result.rank(); ++axis) {
      if (smaller[axis] != larger[axis] && smaller[axis] != 1) {
        throw Error("expected inputs of one shape, received " + result.to_string() + " and " +
                    other.to_string());
      }
    }
    result = Shape(larger);
  }
  return result;
}

/// x₁ ∘ x₂ ∘ x₃ …, of a kind that does not mind the order.
inline ops::Value merge(const LowerContext& context, ops::Binary::Kind kind,
                        std::span<const ops::Value> inputs) {
  ops::Value y = inputs[0];
  for (const ops::Value x : inputs.subspan(1)) {
    // The operation repeats its second operand.
    const bool first_is_larger = context.ops.shape(y).elements() >= context.ops.shape(x).elements();
    y = first_is_larger ? context.ops.binary(kind, y, x) : context.ops.binary(kind, x, y);
  }
  return y;
}

}  // namespace thaw::layers
