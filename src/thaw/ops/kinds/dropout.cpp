#include "thaw/ops/kinds/dropout.h"

#include <fmt/format.h>

#include "thaw/core/error.h"

namespace thaw::ops {

namespace {

/// Throws unless `part` is `whole` with sizes of 1 here and there.
void expect_repeatable(const Shape& part, const Shape& whole) {
  bool fits = part.rank() == whole.rank();
  for (int axis = 0; fits && axis < whole.rank(); ++axis)
    fits = part[axis] == whole[axis] || part[axis] == 1;
  if (!fits) {
    throw Error(fmt::format("expected {} or the same with sizes of 1, received {}",
                            whole.to_string(), part.to_string()));
  }
}

}  // namespace

Shape Dropout::output_shape(std::span<const Shape> inputs) const {
  if (drawn.rank() > 0) expect_repeatable(drawn, inputs[0]);
  return inputs[0];
}

}  // namespace thaw::ops
