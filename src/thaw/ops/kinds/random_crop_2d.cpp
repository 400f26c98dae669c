#include "thaw/ops/kinds/random_crop_2d.h"

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/ops/kinds/expect_image.h"

namespace thaw::ops {

Shape RandomCrop2D::output_shape(std::span<const Shape> inputs) const {
  expect_image(inputs[0]);
  if (size.height < 1 || size.width < 1 || size.height > inputs[0][0] ||
      size.width > inputs[0][1]) {
    throw Error(fmt::format("expected a window within {}, received {}×{}", inputs[0].to_string(),
                            size.height, size.width));
  }
  return {size.height, size.width, inputs[0][2]};
}

}  // namespace thaw::ops
