#include "thaw/ops/kinds/resize_2d.h"

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/ops/kinds/expect_image.h"

namespace thaw::ops {

Shape Resize2D::output_shape(std::span<const Shape> inputs) const {
  expect_image(inputs[0]);
  constexpr int64_t largest = 65536;
  for (const int64_t side : {size.height, size.width}) {
    if (side < 1 || side > largest) {
      throw Error(fmt::format("expected a size of 1 to {} rows and columns, received {}×{}",
                              largest, size.height, size.width));
    }
  }
  (void)cropped(inputs[0][0], cropping.top, cropping.bottom);
  (void)cropped(inputs[0][1], cropping.left, cropping.right);
  return {size.height, size.width, inputs[0][2]};
}

}  // namespace thaw::ops
