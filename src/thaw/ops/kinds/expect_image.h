#pragma once

#include "thaw/core/shape.h"

namespace thaw::ops {

/// Throws Error "expected an image …, received …" unless `x` is (height, width, channels).
void expect_image(const Shape& x);

}  // namespace thaw::ops
