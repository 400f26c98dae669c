#include "thaw/ops/kinds/matmul.h"

#include <fmt/format.h>

#include "thaw/core/error.h"

namespace thaw::ops {

Shape MatMul::output_shape(std::span<const Shape> inputs) const {
  if (inputs[0].rank() < 1 || inputs[0].last() != inputs[1][0]) {
    throw Error(fmt::format("a kernel {} does not fit an input {}", inputs[1].to_string(),
                            inputs[0].to_string()));
  }
  return inputs[0].with_last(inputs[1][1]);
}

}  // namespace thaw::ops
