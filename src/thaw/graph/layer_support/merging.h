#pragma once

#include <span>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw::layers {

enum class Merge { add, average, maximum, minimum, multiply, subtract };

/// What Add, Average and the others are: two inputs or more of one rank (Subtract: two), number by
/// number; a size of 1 is repeated to fit the others. Throws Error for inputs that do not fit.
template <Merge how>
struct Merging {
  std::string name;

  template <typename Visit>
  void fields(Visit&&) {}
  Shape output_shape(std::span<const Shape> inputs) const;
  ops::Value lower(const LowerContext& context, std::span<const ops::Value> inputs) const;
};

}  // namespace thaw::layers
