#include "thaw/ops/kinds/concatenate.h"

#include <fmt/format.h>

#include "thaw/core/error.h"

namespace thaw::ops {

Shape Concatenate::output_shape(std::span<const Shape> inputs) const {
  if (axis < 0 || axis >= inputs[0].rank()) {
    throw Error(fmt::format("axis {} is not one of {}", axis, inputs[0].to_string()));
  }
  std::vector<int64_t> sizes(inputs[0].sizes().begin(), inputs[0].sizes().end());
  for (const Shape& other : inputs.subspan(1)) {
    for (int i = 0; i < inputs[0].rank(); ++i) {
      if (other.rank() != inputs[0].rank() || (i != axis && other[i] != inputs[0][i])) {
        throw Error(fmt::format("cannot join {} and {} along axis {}", inputs[0].to_string(),
                                other.to_string(), axis));
      }
    }
    sizes[static_cast<size_t>(axis)] += other[axis];
  }
  return Shape(std::move(sizes));
}

}  // namespace thaw::ops
