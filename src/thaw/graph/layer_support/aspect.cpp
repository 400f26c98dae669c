#include "thaw/graph/layer_support/aspect.h"

#include <algorithm>

#include "thaw/core/error.h"

namespace thaw::layers {

void expect_target(const Shape& image, Size2 target) {
  constexpr int64_t largest = 65536;
  if (image.rank() != 3)
    throw Error("expected an image (height, width, channels), received " + image.to_string());
  if (target.height < 1 || target.width < 1 || target.height > largest || target.width > largest) {
    throw Error("expected a height and width of 1 to " + std::to_string(largest) + ", received " +
                std::to_string(target.height) + " and " + std::to_string(target.width));
  }
}

Padding2 crop_to_aspect_ratio(const Shape& image, Size2 target) {
  expect_target(image, target);
  const int64_t rows = std::clamp<int64_t>(image[1] * target.height / target.width, 1, image[0]);
  const int64_t columns = std::clamp<int64_t>(image[0] * target.width / target.height, 1, image[1]);
  const int64_t top = (image[0] - rows) / 2;
  const int64_t left = (image[1] - columns) / 2;
  return {top, image[0] - rows - top, left, image[1] - columns - left};
}

Padding2 pad_to_aspect_ratio(const Shape& image, Size2 target) {
  expect_target(image, target);
  const int64_t rows = std::max(image[0], image[1] * target.height / target.width);
  const int64_t columns = std::max(image[1], image[0] * target.width / target.height);
  const int64_t above = (rows - image[0]) / 2;
  const int64_t beside = (columns - image[1]) / 2;
  return {above, above, beside, beside};
}

}  // namespace thaw::layers
