#include "thaw/ops/kinds/batch_matmul.h"

#include <fmt/format.h>

#include <vector>

#include "thaw/core/error.h"

namespace thaw::ops {

Shape BatchMatMul::output_shape(std::span<const Shape> inputs) const {
  const Shape& a = inputs[0];
  const Shape& b = inputs[1];
  const int rank = a.rank();
  bool fits = rank >= 2 && b.rank() == rank;
  for (int axis = 0; fits && axis < rank - 2; ++axis) fits = a[axis] == b[axis];
  fits = fits && a.last() == b[transposes_second ? rank - 1 : rank - 2];
  if (!fits) {
    throw Error(fmt::format("cannot multiply {} by {}{}", a.to_string(), b.to_string(),
                            transposes_second ? " transposed" : ""));
  }
  return a.with_last(b[transposes_second ? rank - 2 : rank - 1]);
}

}  // namespace thaw::ops
