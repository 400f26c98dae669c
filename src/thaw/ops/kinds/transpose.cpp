#include "thaw/ops/kinds/transpose.h"

#include <fmt/format.h>

#include "thaw/core/error.h"

namespace thaw::ops {

Shape Transpose::output_shape(std::span<const Shape> inputs) const {
  std::vector<int64_t> sizes;
  std::vector<bool> seen(static_cast<size_t>(inputs[0].rank()), false);
  for (const int axis : order) {
    if (axis < 0 || axis >= inputs[0].rank() || seen[static_cast<size_t>(axis)]) break;
    seen[static_cast<size_t>(axis)] = true;
    sizes.push_back(inputs[0][axis]);
  }
  if (sizes.size() != seen.size() || order.size() != seen.size()) {
    throw Error(fmt::format("expected each of the {} axes of {} once, received {} axes",
                            inputs[0].rank(), inputs[0].to_string(), order.size()));
  }
  return Shape(std::move(sizes));
}

}  // namespace thaw::ops
