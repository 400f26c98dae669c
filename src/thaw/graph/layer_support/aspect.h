#pragma once

#include "thaw/ops/geometry.h"

namespace thaw::layers {

/// Throws Error unless `image` is one (height, width, channels) and the target's height and width
/// are from 1 to 65,536, so that the sums below mean something.
void expect_target(const Shape& image, Size2 target);

/// What to cut off an image so that the largest part of the target's aspect ratio is left, in the
/// middle, in pixels, as Keras rounds it. Throws Error as expect_target().
Padding2 crop_to_aspect_ratio(const Shape& image, Size2 target);

/// What to add around an image so that it has the target's aspect ratio, in pixels, as Keras rounds
/// it: the same on both sides. Throws Error as expect_target().
Padding2 pad_to_aspect_ratio(const Shape& image, Size2 target);

}  // namespace thaw::layers
