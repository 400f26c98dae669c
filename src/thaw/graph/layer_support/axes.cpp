#include "thaw/graph/layer_support/axes.h"

#include "thaw/core/error.h"
#include "thaw/core/shape.h"

namespace thaw::layers {

int axis_without_batch(int64_t axis, const Shape& shape) {
  const int64_t result = axis < 0 ? axis + shape.rank() : axis - 1;
  if (result < 0 || result >= shape.rank()) {
    throw Error("axis " + std::to_string(axis) + " is not one that " + shape.to_string() +
                " has after the batch axis");
  }
  return static_cast<int>(result);
}

}  // namespace thaw::layers
