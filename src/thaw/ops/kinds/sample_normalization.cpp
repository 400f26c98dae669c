#include "thaw/ops/kinds/sample_normalization.h"

#include <fmt/format.h>

#include "thaw/core/error.h"

namespace thaw::ops {

Shape SampleNormalization::output_shape(std::span<const Shape> inputs) const {
  const Shape& x = inputs[0];
  if (x.rank() < 1 || groups < 1 || x.last() % groups != 0) {
    throw Error(fmt::format("expected channels that divide into {} groups, received {}", groups,
                            x.to_string()));
  }
  for (const Shape& parameter : inputs.subspan(1)) {
    if (parameter != Shape{x.last()}) {
      throw Error(fmt::format("parameters {} do not fit an input {}", parameter.to_string(),
                              x.to_string()));
    }
  }
  return x;
}

}  // namespace thaw::ops
