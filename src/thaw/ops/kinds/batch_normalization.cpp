#include "thaw/ops/kinds/batch_normalization.h"

#include <fmt/format.h>

#include "thaw/core/error.h"

namespace thaw::ops {

Shape BatchNormalization::output_shape(std::span<const Shape> inputs) const {
  if (inputs[0].rank() < 1 || inputs.back() != Shape{inputs[0].last()}) {
    throw Error(fmt::format("statistics {} do not fit an input {}", inputs.back().to_string(),
                            inputs[0].to_string()));
  }
  return inputs[0];
}

}  // namespace thaw::ops
