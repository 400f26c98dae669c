#include "thaw/ops/kinds/reshape.h"

#include <fmt/format.h>

#include "thaw/core/error.h"

namespace thaw::ops {

Shape Reshape::output_shape(std::span<const Shape> inputs) const {
  if (shape.elements() != inputs[0].elements()) {
    throw Error(fmt::format("cannot reshape {} to {}", inputs[0].to_string(), shape.to_string()));
  }
  return shape;
}

}  // namespace thaw::ops
