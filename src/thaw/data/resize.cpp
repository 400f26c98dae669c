#include "thaw/data/resize.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <vector>

#include "thaw/data/filtered_resize.h"

namespace thaw {
namespace {

using View = ImageView;

/// The two input values along an axis that an output value lies between, and the weight of the
/// upper one. Computed in float32 exactly as in TensorFlow: far out on a long axis, where positions
/// are large, each rounding shows in the weight.
struct Tap {
  int lower;
  int upper;
  float weight;
};

std::vector<Tap> taps(int input, int output) {
  std::vector<Tap> result(static_cast<size_t>(output));
  const float scale = static_cast<float>(input) / static_cast<float>(output);
  for (int i = 0; i < output; ++i) {
    const float position = (static_cast<float>(i) + 0.5F) * scale - 0.5F;
    const float floor = std::floor(position);
    const int last = input - 1;
    result[static_cast<size_t>(i)] = {std::clamp(static_cast<int>(floor), 0, last),
                                      std::min(static_cast<int>(std::ceil(position)), last),
                                      position - floor};
  }
  return result;
}

void widen(const uint8_t* source, int count, float* target) {
  for (int i = 0; i < count; ++i) target[i] = source[i];
}

void interpolate_row(const uint8_t* source, std::span<const Tap> columns, float* target) {
  for (const Tap& tap : columns) {
    const uint8_t* lower = source + std::ptrdiff_t{tap.lower} * 3;
    const uint8_t* upper = source + std::ptrdiff_t{tap.upper} * 3;
    for (int c = 0; c < 3; ++c) {
      const float left = lower[c];
      target[c] = left + (static_cast<float>(upper[c]) - left) * tap.weight;
    }
    target += 3;
  }
}

void blend_rows(const float* __restrict upper, const float* __restrict lower, float weight,
                int count, float* __restrict target) {
  for (int i = 0; i < count; ++i) target[i] = upper[i] + (lower[i] - upper[i]) * weight;
}

/// The last two input rows that were used, interpolated along x. Output rows are made from the top
/// down, so the next one often needs the same two.
class RowCache {
 public:
  RowCache(const View& view, std::span<const Tap> columns) : view_(view), columns_(columns) {
    for (Row& row : rows_) row.values.resize(columns.size() * 3);
  }

  /// Input row y, interpolated. The row `other`, which is needed at the same time, stays valid.
  const float* row(int y, int other) {
    for (const Row& row : rows_)
      if (row.y == y) return row.values.data();
    Row& row = rows_[0].y == other ? rows_[1] : rows_[0];
    row.y = y;
    interpolate_row(view_.first + y * view_.row_bytes, columns_, row.values.data());
    return row.values.data();
  }

 private:
  struct Row {
    int y = -1;
    std::vector<float> values;
  };
  const View& view_;
  std::span<const Tap> columns_;
  std::array<Row, 2> rows_;
};

void stretch(const View& view, ResizeInterpolation interpolation, int width, int height, float* out,
             std::ptrdiff_t out_row) {
  if (view.width == width && view.height == height) {
    for (int y = 0; y < height; ++y)
      widen(view.first + y * view.row_bytes, width * 3, out + y * out_row);
    return;
  }
  if (interpolation != ResizeInterpolation::bilinear)
    return resize_filtered(view, interpolation, width, height, out, out_row);
  const std::vector<Tap> columns = taps(view.width, width);
  RowCache cache(view, columns);
  const std::vector<Tap> lines = taps(view.height, height);
  for (int y = 0; y < height; ++y) {
    const Tap& tap = lines[static_cast<size_t>(y)];
    const float* upper = cache.row(tap.lower, tap.upper);
    const float* lower = cache.row(tap.upper, tap.lower);
    blend_rows(upper, lower, tap.weight, width * 3, out + y * out_row);
  }
}

/// side · target_other / target_side: how long the other side must be for the target's ratio.
/// Rounded as in Keras: in float32, towards zero.
int matching_side(int side, int target_side, int target_other) {
  const float exact = static_cast<float>(int64_t{side} * target_other);
  return static_cast<int>(exact / static_cast<float>(target_side));
}

View crop(const View& view, int width, int height) {
  const int cropped_height = std::clamp(matching_side(view.width, width, height), 1, view.height);
  const int cropped_width = std::clamp(matching_side(view.height, height, width), 1, view.width);
  const int top = (view.height - cropped_height) / 2;
  const int left = (view.width - cropped_width) / 2;
  return {view.first + top * view.row_bytes + std::ptrdiff_t{left} * 3, view.row_bytes,
          cropped_width, cropped_height};
}

/// The middle of the view: this part of each side, at least a pixel.
View middle(const View& view, double fraction) {
  const auto part = [&](int side) {
    return std::clamp(static_cast<int>(std::lround(side * fraction)), 1, side);
  };
  const int width = part(view.width);
  const int height = part(view.height);
  const int top = (view.height - height) / 2;
  const int left = (view.width - width) / 2;
  return {view.first + top * view.row_bytes + std::ptrdiff_t{left} * 3, view.row_bytes, width,
          height};
}

/// tf.image.resize_with_pad, rounding included.
void pad(const View& view, const ResizeOptions& options, std::span<float> out) {
  const int width = options.width;
  const int height = options.height;
  const auto view_width = static_cast<float>(view.width);
  const auto view_height = static_cast<float>(view.height);
  const float ratio =
      std::max(view_width / static_cast<float>(width), view_height / static_cast<float>(height));
  const float exact_width = view_width / ratio;
  const float exact_height = view_height / ratio;
  const int resized_width = std::clamp(static_cast<int>(exact_width), 1, width);
  const int resized_height = std::clamp(static_cast<int>(exact_height), 1, height);
  const auto margin = [](int target, float exact, int resized) {
    const int half = static_cast<int>((static_cast<float>(target) - exact) / 2);
    return std::clamp(half, 0, target - resized);
  };
  const int left = margin(width, exact_width, resized_width);
  const int top = margin(height, exact_height, resized_height);

  std::fill(out.begin(), out.end(), 0.0F);
  const std::ptrdiff_t out_row = std::ptrdiff_t{width} * 3;
  stretch(view, options.interpolation, resized_width, resized_height,
          out.data() + top * out_row + std::ptrdiff_t{left} * 3, out_row);
}

}  // namespace

void resize(const Image& image, const ResizeOptions& options, std::span<float> out) {
  const int width = options.width;
  const int height = options.height;
  assert(out.size() == static_cast<size_t>(int64_t{width} * height * 3));
  const View whole{image.pixels.data(), std::ptrdiff_t{image.width} * 3, image.width, image.height};
  const std::ptrdiff_t out_row = std::ptrdiff_t{width} * 3;
  const View part = options.aspect_ratio == AspectRatio::crop ? crop(whole, width, height) : whole;
  const View kept = middle(part, options.crop_fraction);
  if (options.aspect_ratio == AspectRatio::pad) {
    pad(kept, options, out);
  } else {
    stretch(kept, options.interpolation, width, height, out.data(), out_row);
  }
}

}  // namespace thaw
