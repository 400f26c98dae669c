#include "thaw/ops/kinds/crop_2d.h"

#include "thaw/ops/kinds/expect_image.h"

namespace thaw::ops {

Shape Crop2D::output_shape(std::span<const Shape> inputs) const {
  expect_image(inputs[0]);
  return {cropped(inputs[0][0], cropping.top, cropping.bottom),
          cropped(inputs[0][1], cropping.left, cropping.right), inputs[0][2]};
}

}  // namespace thaw::ops
