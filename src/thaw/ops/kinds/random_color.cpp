#include "thaw/ops/kinds/random_color.h"

#include "thaw/ops/kinds/expect_image.h"

namespace thaw::ops {

Shape RandomColor::output_shape(std::span<const Shape> inputs) const {
  expect_image(inputs[0]);
  return inputs[0];
}

}  // namespace thaw::ops
