#include "thaw/ops/kinds/pool_2d.h"

#include "thaw/ops/kinds/expect_image.h"

namespace thaw::ops {

Shape Pool2D::output_shape(std::span<const Shape> inputs) const {
  expect_image(inputs[0]);
  const Padding2& p = padding;
  return {window_output(inputs[0][0], p.top + p.bottom, pool_size.height, strides.height),
          window_output(inputs[0][1], p.left + p.right, pool_size.width, strides.width),
          inputs[0][2]};
}

Shape GlobalPool2D::output_shape(std::span<const Shape> inputs) const {
  expect_image(inputs[0]);
  return {inputs[0][2]};
}

}  // namespace thaw::ops
