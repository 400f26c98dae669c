#include "thaw/ops/geometry.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "thaw/core/config.h"
#include "thaw/core/error.h"

namespace thaw {
namespace {

/// Far above what a network has, far below where the sums here would overflow.
constexpr int64_t largest = std::numeric_limits<int32_t>::max();

void expect_sane(int64_t size, int64_t padding, int64_t window, int64_t stride, int64_t dilation) {
  const auto sane = [](int64_t value, int64_t least) { return value >= least && value <= largest; };
  if (sane(size, 0) && sane(padding, 0) && sane(window, 1) && sane(stride, 1) && sane(dilation, 1))
    return;
  throw Error(
      fmt::format("expected a window, stride and dilation of 1 to {0} on 0 to {0} rows or columns, "
                  "received a window of {1}, stride {2}, dilation {3} on {4} and a padding of {5}",
                  largest, window, stride, dilation, size, padding));
}

/// Total padding of "same" along one axis.
int64_t same_padding(int64_t size, int64_t window, int64_t stride, int64_t dilation) {
  expect_sane(size, 0, window, stride, dilation);
  const int64_t output = (size + stride - 1) / stride;
  return std::max<int64_t>((output - 1) * stride + (window - 1) * dilation + 1 - size, 0);
}

}  // namespace

Size2 Size2::from_config(const Config& config) {
  if (!config.is_list()) return {config.as_integer(), config.as_integer()};
  if (const auto& list = config.as_list(); list.size() == 2)
    return {list[0].as_integer(), list[1].as_integer()};
  throw Error("expected one number or two, received " + config.to_string());
}

Config Size2::to_config() const { return Config::List{height, width}; }

Padding2 Padding2::from_config(const Config& config) {
  if (!config.is_list()) {
    const int64_t all = config.as_integer();
    return {all, all, all, all};
  }
  const auto& list = config.as_list();
  if (list.size() != 2)
    throw Error("expected one number or two pairs, received " + config.to_string());
  const Size2 rows = Size2::from_config(list[0]);
  const Size2 columns = Size2::from_config(list[1]);
  return {rows.height, rows.width, columns.height, columns.width};
}

Config Padding2::to_config() const {
  return Config::List{Config::List{top, bottom}, Config::List{left, right}};
}

Padding2 resolve_padding(const std::string& padding, const Shape& image, Size2 window,
                         Size2 strides, Size2 dilations) {
  if (padding == "valid") return {};
  if (padding != "same") {
    throw Error(fmt::format("expected padding \"same\" or \"valid\", received \"{}\"", padding));
  }
  const int64_t rows = same_padding(image[0], window.height, strides.height, dilations.height);
  const int64_t columns = same_padding(image[1], window.width, strides.width, dilations.width);
  return {rows / 2, rows - rows / 2, columns / 2, columns - columns / 2};
}

int64_t window_output(int64_t size, int64_t padding, int64_t window, int64_t stride,
                      int64_t dilation) {
  expect_sane(size, padding, window, stride, dilation);
  const int64_t span = size + padding - (window - 1) * dilation - 1;
  if (span < 0) {
    throw Error(
        fmt::format("a window of {} (stride {}, dilation {}) does not fit into {} rows or columns: "
                    "use a larger image",
                    window, stride, dilation, size + padding));
  }
  return span / stride + 1;
}

int64_t padded(int64_t size, int64_t before, int64_t after) {
  for (const int64_t part : {size, before, after}) {
    if (part >= 0 && part <= largest) continue;
    throw Error(fmt::format("expected a padding of 0 to {}, received {} and {} around {}", largest,
                            before, after, size));
  }
  return size + before + after;
}

int64_t cropped(int64_t size, int64_t before, int64_t after) {
  if (before < 0 || after < 0 || before >= size || after >= size - before) {
    throw Error(
        fmt::format("expected a cropping that leaves some of {} rows or columns, received "
                    "{} and {}",
                    size, before, after));
  }
  return size - before - after;
}

}  // namespace thaw
