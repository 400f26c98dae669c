#include "thaw/ops/kinds/scale_shift.h"

#include <fmt/format.h>

#include "thaw/core/error.h"

namespace thaw::ops {

Shape ScaleShift::output_shape(std::span<const Shape> inputs) const {
  const auto channels = static_cast<size_t>(inputs[0].last());
  if (scale.size() != offset.size() || (scale.size() != 1 && scale.size() != channels)) {
    throw Error(fmt::format("expected 1 or {} scales and offsets, received {} and {}", channels,
                            scale.size(), offset.size()));
  }
  return inputs[0];
}

}  // namespace thaw::ops
