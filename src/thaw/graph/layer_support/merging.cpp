#include "thaw/graph/layer_support/merging.h"

#include "thaw/core/error.h"
#include "thaw/ops/builder.h"
#include "thaw/ops/kinds/binary.h"

namespace thaw::layers {
namespace {

using Kind = ops::Binary::Kind;

Shape broadcast_shape(std::span<const Shape> inputs) {
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
ops::Value in_turn(const LowerContext& context, Kind kind, std::span<const ops::Value> inputs) {
  ops::Value y = inputs[0];
  for (const ops::Value x : inputs.subspan(1)) {
    // The operation repeats its second operand.
    const bool first_is_larger = context.ops.shape(y).elements() >= context.ops.shape(x).elements();
    y = first_is_larger ? context.ops.binary(kind, y, x) : context.ops.binary(kind, x, y);
  }
  return y;
}

ops::Value subtract(const LowerContext& context, ops::Value a, ops::Value b) {
  if (context.ops.shape(a).elements() >= context.ops.shape(b).elements())
    return context.ops.binary(Kind::subtract, a, b);
  // The operation repeats its second operand: a − b = (−b) + a.
  return context.ops.add(context.ops.scale_shift(b, {-1.0F}, {0.0F}), a);
}

}  // namespace

template <Merge how>
Shape Merging<how>::output_shape(std::span<const Shape> inputs) const {
  if (how == Merge::subtract && inputs.size() != 2)
    throw Error("expected two inputs, received " + std::to_string(inputs.size()));
  return broadcast_shape(inputs);
}

template <Merge how>
ops::Value Merging<how>::lower(const LowerContext& context,
                               std::span<const ops::Value> inputs) const {
  switch (how) {
    case Merge::add:
      return in_turn(context, Kind::add, inputs);
    case Merge::average: {
      const ops::Value sum = in_turn(context, Kind::add, inputs);
      return context.ops.scale_shift(sum, {1.0F / static_cast<float>(inputs.size())}, {0.0F});
    }
    case Merge::maximum:
      return in_turn(context, Kind::maximum, inputs);
    case Merge::minimum:
      return in_turn(context, Kind::minimum, inputs);
    case Merge::multiply:
      return in_turn(context, Kind::multiply, inputs);
    case Merge::subtract:
      return subtract(context, inputs[0], inputs[1]);
  }
  throw Error("no such way to merge");
}

template struct Merging<Merge::add>;
template struct Merging<Merge::average>;
template struct Merging<Merge::maximum>;
template struct Merging<Merge::minimum>;
template struct Merging<Merge::multiply>;
template struct Merging<Merge::subtract>;

}  // namespace thaw::layers
