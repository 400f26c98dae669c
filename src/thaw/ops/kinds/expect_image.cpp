#include "thaw/ops/kinds/expect_image.h"

#include <fmt/format.h>

#include "thaw/core/error.h"

namespace thaw::ops {

void expect_image(const Shape& x) {
  if (x.rank() != 3) {
    throw Error(
        fmt::format("expected an image (height, width, channels), received {}", x.to_string()));
  }
}

}  // namespace thaw::ops
