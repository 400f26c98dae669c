#include "thaw/formats/import/tensorflow_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "thaw/core/error.h"

namespace thaw::foreign::tensorflow_words {
namespace {

using Word = std::pair<std::string_view, std::string_view>;

constexpr auto activations = std::to_array<Word>({
    {"Relu", "relu"},
    {"Relu6", "relu6"},
    {"Elu", "elu"},
    {"Selu", "selu"},
    {"Sigmoid", "sigmoid"},
    {"Tanh", "tanh"},
    {"Softplus", "softplus"},
});

}  // namespace

int channel_axis(const RuleCall& call) {
  const std::string format = call.text("data_format", "NHWC");
  if (format == "NHWC" || format == "channelsLast") return 3;
  if (format == "NCHW" || format == "channelsFirst") return 1;
  throw Error(fmt::format("expected images as NHWC or NCHW, received {}", format));
}

Size2 over_image(const RuleCall& call, std::string_view attribute, int channel_axis) {
  const auto sizes = call.integers(attribute, {1, 1, 1, 1});
  if (sizes.size() == 1) return sizes[0];
  if (sizes.size() == 2) return {sizes[0], sizes[1]};
  if (sizes.size() != 4)
    throw Error(
        fmt::format("attribute {}: expected four numbers, received {}", attribute, sizes.size()));
  const size_t first = channel_axis == 1 ? 2 : 1;
  if (sizes[0] != 1 || sizes[static_cast<size_t>(channel_axis)] != 1)
    throw Error(fmt::format("attribute {}: expected 1 along batch and channels", attribute));
  return {sizes[first], sizes[first + 1]};
}

Window window_of(const RuleCall& call, int channel_axis) {
  Window window{.strides = over_image(call, "strides", channel_axis),
                .dilations = over_image(call, "dilations", channel_axis)};
  const std::string padding = call.text("padding", "VALID");
  if (padding == "SAME") {
    window.is_same = true;
  } else if (padding == "EXPLICIT") {
    const auto sizes = call.integers("explicit_paddings");
    if (sizes.size() != 8)
      throw Error(
          fmt::format("expected explicit_paddings of eight numbers, received {}", sizes.size()));
    const size_t first = channel_axis == 1 ? 4 : 2;
    window.top = sizes[first];
    window.bottom = sizes[first + 1];
    window.left = sizes[first + 2];
    window.right = sizes[first + 3];
  } else if (padding != "VALID") {
    throw Error(fmt::format("expected padding SAME, VALID or EXPLICIT, received {}", padding));
  }
  return window;
}

Value add_along(const RuleCall& call, const Value& x, const Value& list, int axis) {
  const int rank = call.make.shape_of(x).rank();
  const int after = rank - 1 - call.make.axis_of(x, axis);
  Value spread = list;
  for (int i = 0; i < after; ++i) spread = call.make.unsqueeze(spread, {1 + i});
  return call.make.binary(Binary::add, x, spread);
}

Value activated(const RuleCall& call, const Value& x, std::string_view op, double slope) {
  if (op == "LeakyRelu") {
    return call.make.activation(x, "leaky_relu",
                                Config(Config::Map{}).set("negative_slope", slope));
  }
  const auto* const found = std::ranges::find(activations, op, &Word::first);
  if (found == activations.end())
    throw Error(fmt::format("expected an activation that is known, received {}", op));
  return call.make.activation(x, found->second);
}

}  // namespace thaw::foreign::tensorflow_words
