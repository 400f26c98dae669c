#include "thaw/ops/kinds/random_mix.h"

#include "thaw/ops/kinds/expect_image.h"

namespace thaw::ops {

Shape RandomMix::output_shape(std::span<const Shape> inputs) const {
  expect_image(inputs[0]);
  return inputs[0];
}

}  // namespace thaw::ops
