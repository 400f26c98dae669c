#include "thaw/ops/kinds/conv_transpose_2d.h"

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/ops/kinds/expect_image.h"

namespace thaw::ops {

Shape ConvTranspose2D::output_shape(std::span<const Shape> inputs) const {
  const Shape& x = inputs[0];
  const Shape& kernel = inputs[1];
  expect_image(x);
  const Padding2& p = padding;
  // The convolution whose gradient this is must lead back to x.
  const Shape back{window_output(size.height, p.top + p.bottom, kernel[0], strides.height),
                   window_output(size.width, p.left + p.right, kernel[1], strides.width),
                   kernel[3]};
  if (back != x) {
    throw Error(fmt::format("a kernel {} and a result of {}×{} do not fit an image {}",
                            kernel.to_string(), size.height, size.width, x.to_string()));
  }
  return {size.height, size.width, kernel[2]};
}

}  // namespace thaw::ops
