#include "thaw/ops/kinds/pad_2d.h"

#include "thaw/ops/kinds/expect_image.h"

namespace thaw::ops {

Shape Pad2D::output_shape(std::span<const Shape> inputs) const {
  expect_image(inputs[0]);
  return {padded(inputs[0][0], padding.top, padding.bottom),
          padded(inputs[0][1], padding.left, padding.right), inputs[0][2]};
}

}  // namespace thaw::ops
