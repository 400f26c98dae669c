#include "thaw/formats/import/onnx_lists.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "thaw/core/error.h"

namespace thaw::foreign::onnx_lists {
namespace {

/// Larger ones serve nothing, and their sums could overflow.
constexpr int64_t largest = int64_t{1} << 20;

/// `count` numbers of an attribute, each within [lowest, 2^20]; `usual` where it is absent.
std::vector<int64_t> numbers(const RuleCall& call, const char* attribute, size_t count,
                             int64_t lowest, int64_t usual) {
  std::vector<int64_t> found = call.integers(attribute);
  if (found.empty()) found.assign(count, usual);
  const bool fits = found.size() == count && std::ranges::all_of(found, [&](int64_t number) {
                      return lowest <= number && number <= largest;
                    });
  if (!fits) {
    throw Error(fmt::format("{}: expected {} numbers from {} to {}, received {}", attribute, count,
                            lowest, largest, found));
  }
  return found;
}

/// Zeros before and after an axis for an output of ceil(size/stride), the odd one before.
std::pair<int64_t, int64_t> same_lower(int64_t size, int64_t window, int64_t stride,
                                       int64_t dilation) {
  const int64_t outputs = (size + stride - 1) / stride;
  const int64_t read = (outputs - 1) * stride + (window - 1) * dilation + 1;
  const int64_t all = std::max<int64_t>(read - size, 0);
  return {all - all / 2, all / 2};
}

}  // namespace

std::optional<std::vector<int64_t>> list_of(const RuleCall& call, const char* attribute,
                                            size_t place) {
  if (call.find(attribute) != nullptr) return call.integers(attribute);
  if (const Array* known = call.known_or_null(place, attribute)) return known->integers();
  return std::nullopt;
}

Size2 size_of(const std::vector<int64_t>& kernel) {
  const bool fits =
      std::ranges::all_of(kernel, [](int64_t size) { return 1 <= size && size <= largest; });
  if (kernel.empty() || kernel.size() > 2 || !fits)
    throw Error(fmt::format("expected a window over one or two axes, received {}", kernel));
  return kernel.size() == 1 ? Size2(1, kernel[0]) : Size2(kernel[0], kernel[1]);
}

Window window_of(const RuleCall& call, const std::vector<int64_t>& kernel) {
  const Size2 size = size_of(kernel);
  const size_t axes = kernel.size();
  Window window{.strides = size_of(numbers(call, "strides", axes, 1, 1)),
                .dilations = size_of(numbers(call, "dilations", axes, 1, 1))};
  const std::string padding = call.text("auto_pad", "NOTSET");
  if (padding == "SAME_UPPER") {
    window.is_same = true;
  } else if (padding == "SAME_LOWER") {
    const Shape x = call.make.shape_of(call.input(0));
    if (x.rank() != static_cast<int>(axes) + 2)
      throw Error(fmt::format("expected {} axes, received {}", axes + 2, x.to_string()));
    if (axes == 2)
      std::tie(window.top, window.bottom) =
          same_lower(x[2], size.height, window.strides.height, window.dilations.height);
    std::tie(window.left, window.right) =
        same_lower(x[-1], size.width, window.strides.width, window.dilations.width);
  } else if (padding == "NOTSET") {
    const std::vector<int64_t> pads = numbers(call, "pads", 2 * axes, 0, 0);
    window.left = pads[axes - 1];
    window.right = pads[2 * axes - 1];
    if (axes == 2) {
      window.top = pads[0];
      window.bottom = pads[2];
    }
  } else if (padding != "VALID") {
    throw Error(fmt::format(
        "auto_pad: expected NOTSET, SAME_UPPER, SAME_LOWER or VALID, received {}", padding));
  }
  return window;
}

}  // namespace thaw::foreign::onnx_lists
