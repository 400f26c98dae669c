#include "thaw/ops/kinds/pick.h"

#include <fmt/format.h>

#include "thaw/core/error.h"

namespace thaw::ops {

Shape Pick::output_shape(std::span<const Shape> inputs) const {
  const Shape& x = inputs[0];
  if (static_cast<int>(indices.size()) != x.rank()) {
    throw Error(fmt::format("expected a list of indices for each of the {} axes of {}, received {}",
                            x.rank(), x.to_string(), indices.size()));
  }
  std::vector<int64_t> sizes;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const auto& list = indices[static_cast<size_t>(axis)];
    if (list.empty()) throw Error(fmt::format("leaves nothing of axis {}", axis + 1));
    for (const int64_t index : list) {
      if (index < -1 || index >= x[axis])
        throw Error(fmt::format("expected indices from 0 to {}, received {}", x[axis] - 1, index));
    }
    sizes.push_back(static_cast<int64_t>(list.size()));
  }
  return Shape(std::move(sizes));
}

}  // namespace thaw::ops
