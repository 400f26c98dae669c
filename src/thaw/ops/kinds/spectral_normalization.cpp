#include "thaw/ops/kinds/spectral_normalization.h"

#include <fmt/format.h>

#include "thaw/core/error.h"

namespace thaw::ops {

Shape SpectralNormalization::output_shape(std::span<const Shape> inputs) const {
  const Shape& kernel = inputs[1];
  if (power_iterations < 1)
    throw Error(fmt::format("expected 1 power iteration or more, received {}", power_iterations));
  if (kernel.rank() < 2 || inputs[2] != Shape{1, kernel.last()}) {
    throw Error(fmt::format("expected a kernel and a vector [1, units], received {} and {}",
                            kernel.to_string(), inputs[2].to_string()));
  }
  return inputs[0];
}

}  // namespace thaw::ops
