#include "thaw/ops/kinds/conv_2d.h"

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/ops/kinds/expect_image.h"

namespace thaw::ops {

Shape Conv2D::output_shape(std::span<const Shape> inputs) const {
  const Shape& x = inputs[0];
  const Shape& kernel = inputs[1];
  expect_image(x);
  if (kernel.rank() != 4 || kernel[2] * groups != x[2] || kernel[3] % groups != 0) {
    throw Error(fmt::format("a kernel {} in {} groups does not fit an image {}", kernel.to_string(),
                            groups, x.to_string()));
  }
  return {
      window_output(x[0], padding.top + padding.bottom, kernel[0], strides.height,
                    dilations.height),
      window_output(x[1], padding.left + padding.right, kernel[1], strides.width, dilations.width),
      kernel[3]};
}

std::string_view Conv2D::words(const Shape& result) const {
  if (winograd) return "Winograd convolution";
  if (groups == 1) return "convolution";
  return groups == result.last() ? "depthwise convolution" : "grouped convolution";
}

}  // namespace thaw::ops
