#include "thaw/ops/kinds/random_change.h"

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/ops/kinds/expect_image.h"

namespace thaw::ops {

Shape RandomChange::output_shape(std::span<const Shape> inputs) const {
  expect_image(inputs[0]);
  return inputs[0];
}

void RandomChange::expect_channels(const Shape& x) const {
  const bool is_hsv = kind == Kind::saturation || kind == Kind::hue;
  const bool is_grey = kind == Kind::fade || kind == Kind::grayscale;
  const int64_t channels = x.last();
  if ((is_hsv && channels != 3) || (is_grey && channels != 3 && channels != 1)) {
    throw Error(fmt::format("expected an image of 3 channels{}, received {}",
                            is_grey ? " or 1" : "", x.to_string()));
  }
  const bool fits = fill_values.size() < 2 || static_cast<int64_t>(fill_values.size()) == channels;
  if (!fits)
    throw Error(fmt::format("expected a fill_value of 1 or {} numbers, received {}", channels,
                            fill_values.size()));
}

std::string_view RandomChange::words(const Shape&) const {
  switch (kind) {
    case Kind::saturation:
    case Kind::hue:
    case Kind::fade:
    case Kind::grayscale:
    case Kind::invert:
    case Kind::posterize:
    case Kind::solarize:
      return "random colours";
    case Kind::auto_contrast:
    case Kind::equalize:
      return "histogram of the colours";
    case Kind::sharpen:
    case Kind::blur:
      return "random sharpness";
    case Kind::erase:
      return "random erasing";
    case Kind::perspective:
    case Kind::elastic:
      break;
  }
  return "random view";
}

}  // namespace thaw::ops
