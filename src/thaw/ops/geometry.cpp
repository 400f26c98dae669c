#include "thaw/ops/geometry.h"

#include <fmt/format.h>

#include <algorithm>

#include "thaw/core/error.h"

namespace thaw {
namespace {

/// Total padding of "same" along one axis.
int64_t same_padding(int64_t size, int64_t window, int64_t stride, int64_t dilation) {
  const int64_t output = (size + stride - 1) / stride;
  return std::max<int64_t>((output - 1) * stride + (window - 1) * dilation + 1 - size, 0);
}

}  // namespace

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
  const int64_t span = size + padding - (window - 1) * dilation - 1;
  if (span < 0 || stride < 1 || window < 1) {
    throw Error(
        fmt::format("a window of {} (stride {}, dilation {}) does not fit into {} rows or columns: "
                    "use a larger image",
                    window, stride, dilation, size + padding));
  }
  return span / stride + 1;
}

}  // namespace thaw
