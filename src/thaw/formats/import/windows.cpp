// What slides a window over an image: convolutions and pooling.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "thaw/core/error.h"
#include "thaw/formats/import/assembler.h"
#include "thaw/formats/import/folding.h"

namespace thaw::foreign {
namespace {

Config object() { return Config(Config::Map{}); }
Config pair_of(int64_t first, int64_t second) { return Config::List{first, second}; }

/// Zeros around an image, as Keras's layer says it.
Config padding_of(const Window& window) {
  return object().set("padding", Config::List{pair_of(window.top, window.bottom),
                                              pair_of(window.left, window.right)});
}

bool has_padding(const Window& window) {
  return window.top != 0 || window.bottom != 0 || window.left != 0 || window.right != 0;
}

/// Whether explicit zeros are those of TensorFlow's "same".
bool is_same(const Window& window, const Shape& image, Size2 size) {
  if (window.is_same) return true;
  const Padding2 same = resolve_padding("same", image, size, window.strides, window.dilations);
  return same == Padding2{window.top, window.bottom, window.left, window.right};
}

/// How far padding at the end reaches if one more window is taken where some of the image is left,
/// but none that begins in the padding.
int64_t reach(int64_t image, int64_t first, int64_t last, int64_t size, int64_t stride) {
  const int64_t room = image + first + last - size;
  if (room < 0 || room % stride == 0) return last;
  const int64_t begin = (room / stride + 1) * stride;
  return begin >= image + first ? last : last + stride - room % stride;
}

Window rounded_up(Window window, const Shape& image, Size2 size) {
  window.bottom = reach(image[0], window.top, window.bottom, size.height, window.strides.height);
  window.right = reach(image[1], window.left, window.right, size.width, window.strides.width);
  return window;
}

/// Windows along one axis of a padded image.
struct Windows {
  int64_t image = 0;
  int64_t before = 0;         ///< zeros
  int64_t counted_after = 0;  ///< of those behind it, as many as count
  int64_t size = 1;
  int64_t stride = 1;
  int64_t count = 0;
};

/// By how much each window's mean over all of its places is too small: of these only the image
/// counts, and the padding where that counts too.
std::vector<float> corrections(const Windows& of, bool counts_padding) {
  std::vector<float> factors;
  factors.reserve(static_cast<size_t>(of.count));
  for (int64_t i = 0; i < of.count; ++i) {
    const int64_t begin = i * of.stride - of.before;
    const int64_t from = std::max(begin, counts_padding ? -of.before : int64_t{0});
    const int64_t to = std::min(begin + of.size, of.image + of.counted_after);
    factors.push_back(static_cast<float>(of.size) /
                      static_cast<float>(std::max<int64_t>(to - from, 1)));
  }
  return factors;
}

Tensor weights_of(const Value& value, const char* what) {
  if (!value.is_known())
    throw Error(fmt::format("expected {} that is known, received one that is computed", what));
  return value.constant->array.floats();
}

void expect_rank(const Tensor& kernel, int rank) {
  if (kernel.shape().rank() != rank)
    throw Error(
        fmt::format("expected a kernel of rank {}, received {}", rank, kernel.shape().to_string()));
}

}  // namespace

Symbol Assembler::padded_image(const Symbol& image, Window& window, Size2 size,
                               std::string& padding) {
  padding = "valid";
  if (window.is_same || !has_padding(window)) {
    if (window.is_same) padding = "same";
    return image;
  }
  for (const int64_t side : {window.top, window.bottom, window.left, window.right})
    if (side < 0) throw Error("expected padding that is not negative");
  if (is_same(window, image.shape(), size)) {
    padding = "same";
    return image;
  }
  Symbol padded = call("ZeroPadding2D", padding_of(window), {image});
  window.top = window.bottom = window.left = window.right = 0;
  return padded;
}

Value Assembler::convolution(const Value& x, const Value& kernel, const Value* bias,
                             const Window& given, int64_t groups, int channel_axis) {
  const Tensor weights = weights_of(kernel, "a kernel");
  expect_rank(weights, 4);
  const Shape& shape = weights.shape();
  if (groups > 1 && groups == shape_of(x)[channel_axis] && shape[2] == 1 &&
      shape[3] % groups == 0 && given.strides.height == given.strides.width) {
    const Value depthwise = {
        .constant =
            Constant{Array(weights.reshaped({shape[0], shape[1], groups, shape[3] / groups})),
                     kernel.constant->name, kernel.constant->can_train}};
    return depthwise_convolution(x, depthwise, bias, given, channel_axis);
  }
  Window window = given;
  std::string padding;
  const Symbol input = padded_image(image(x, channel_axis), window, {shape[0], shape[1]}, padding);
  Weights all = {{"kernel", weights}};
  if (bias != nullptr) all.emplace_back("bias", weights_of(*bias, "a bias").reshaped({shape[3]}));
  const Config config = object()
                            .set("filters", shape[3])
                            .set("kernel_size", pair_of(shape[0], shape[1]))
                            .set("strides", window.strides.to_config())
                            .set("dilation_rate", window.dilations.to_config())
                            .set("padding", padding)
                            .set("groups", groups)
                            .set("use_bias", bias != nullptr);
  const Symbol y = call("Conv2D", config, input, all, {&kernel, bias});
  return from_image(y, static_cast<int>(std::ssize(x.axes)), channel_axis);
}

Value Assembler::depthwise_convolution(const Value& x, const Value& kernel, const Value* bias,
                                       const Window& given, int channel_axis) {
  const Tensor weights = weights_of(kernel, "a kernel");
  expect_rank(weights, 4);
  const Shape& shape = weights.shape();
  if (given.strides.height != given.strides.width) {
    // Keras's depthwise convolutions have one stride; a grouped one is the same.
    const Value grouped = {
        .constant = Constant{Array(weights.reshaped({shape[0], shape[1], 1, shape[2] * shape[3]})),
                             kernel.constant->name, kernel.constant->can_train}};
    return convolution(x, grouped, bias, given, shape[2], channel_axis);
  }
  Window window = given;
  std::string padding;
  const Symbol input = padded_image(image(x, channel_axis), window, {shape[0], shape[1]}, padding);
  Weights all = {{"kernel", weights}, {"depthwise_kernel", weights}};
  if (bias != nullptr)
    all.emplace_back("bias", weights_of(*bias, "a bias").reshaped({shape[2] * shape[3]}));
  const Config config = object()
                            .set("kernel_size", pair_of(shape[0], shape[1]))
                            .set("depth_multiplier", shape[3])
                            .set("strides", window.strides.to_config())
                            .set("dilation_rate", window.dilations.to_config())
                            .set("padding", padding)
                            .set("use_bias", bias != nullptr);
  const Symbol y = call("DepthwiseConv2D", config, input, all, {&kernel, bias});
  return from_image(y, static_cast<int>(std::ssize(x.axes)), channel_axis);
}

Value Assembler::transposed_convolution(const Value& x, const Value& kernel, const Value* bias,
                                        const Window& window, Size2 output_padding,
                                        int channel_axis) {
  const Tensor weights = weights_of(kernel, "a kernel");
  expect_rank(weights, 4);
  const Shape& shape = weights.shape();
  Weights all = {{"kernel", weights}};
  if (bias != nullptr) all.emplace_back("bias", weights_of(*bias, "a bias").reshaped({shape[2]}));
  Config config = object()
                      .set("filters", shape[2])
                      .set("kernel_size", pair_of(shape[0], shape[1]))
                      .set("strides", window.strides.to_config())
                      .set("dilation_rate", window.dilations.to_config())
                      .set("padding", window.is_same ? "same" : "valid")
                      .set("use_bias", bias != nullptr);
  Symbol y = call("Conv2DTranspose", config, image(x, channel_axis), all, {&kernel, bias});
  if (!window.is_same) {
    // Padding takes away from the result, and what is added at the end gives some of it back.
    const int64_t bottom = window.bottom - output_padding.height;
    const int64_t right = window.right - output_padding.width;
    const auto grows = [](int64_t crop) { return std::max<int64_t>(-crop, 0); };
    const auto crops = [](int64_t crop) { return std::max<int64_t>(crop, 0); };
    if (bottom < 0 || right < 0) {
      if (bias != nullptr) throw Error("expected an output padding up to the padding, or no bias");
      y = call("ZeroPadding2D",
               object().set("padding",
                            Config::List{pair_of(0, grows(bottom)), pair_of(0, grows(right))}),
               {y});
    }
    if (window.top > 0 || window.left > 0 || bottom > 0 || right > 0) {
      y = call("Cropping2D",
               object().set("cropping", Config::List{pair_of(window.top, crops(bottom)),
                                                     pair_of(window.left, crops(right))}),
               {y});
    }
  }
  return from_image(y, static_cast<int>(std::ssize(x.axes)), channel_axis);
}

Value Assembler::pooling(const Value& x, bool is_max, Size2 size, const Window& given,
                         bool counts_padding, bool rounds_up, int channel_axis) {
  if (given.dilations != Size2(1)) throw Error("expected a pooling without dilation");
  const Symbol input = image(x, channel_axis);
  const Window window =
      rounds_up && !given.is_same ? rounded_up(given, input.shape(), size) : given;
  Config config = object()
                      .set("pool_size", size.to_config())
                      .set("strides", window.strides.to_config())
                      .set("padding", "valid");
  const int rank = static_cast<int>(std::ssize(x.axes));
  const bool same = window.is_same || (has_padding(window) && is_same(window, input.shape(), size));
  const char* class_name = is_max ? "MaxPooling2D" : "AveragePooling2D";
  // What "same" adds counts for neither.
  if (same && (is_max || !counts_padding)) {
    config.set("padding", "same");
    return from_image(call(class_name, config, {input}), rank, channel_axis);
  }
  if (!has_padding(window))
    return from_image(call(class_name, config, {input}), rank, channel_axis);
  const Symbol padded = is_max ? padded_for_maximum(input, window)
                               : call("ZeroPadding2D", padding_of(window), {input});
  const Symbol pooled = call(class_name, config, {padded});
  if (is_max) return from_image(pooled, rank, channel_axis);
  const auto along = [&](int axis, int64_t before, int64_t after, int64_t span, int64_t stride) {
    return corrections({.image = input.shape()[axis],
                        .before = before,
                        .counted_after = counts_padding ? after : 0,
                        .size = span,
                        .stride = stride,
                        .count = pooled.shape()[axis]},
                       counts_padding);
  };
  const auto rows = along(0, window.top, given.bottom, size.height, window.strides.height);
  const auto columns = along(1, window.left, given.right, size.width, window.strides.width);
  return from_image(weighted(pooled, rows, columns), rank, channel_axis);
}

Symbol Assembler::padded_for_maximum(const Symbol& image, const Window& window) {
  // Nothing is below the zeros of a rectifier.
  if (is_rectified(image)) return call("ZeroPadding2D", padding_of(window), {image});
  return call("Pad",
              object()
                  .set("pad_width", Config::List{pair_of(0, 0), pair_of(window.top, window.bottom),
                                                 pair_of(window.left, window.right), pair_of(0, 0)})
                  .set("mode", "constant")
                  .set("constant_values", double{std::numeric_limits<float>::lowest()}),
              {image});
}

Symbol Assembler::weighted(const Symbol& image, std::span<const float> rows,
                           std::span<const float> columns) {
  const auto is_one = [](float number) { return number == 1; };
  if (std::ranges::all_of(rows, is_one) && std::ranges::all_of(columns, is_one)) return image;
  Tensor factors({1, image.shape()[0], image.shape()[1], 1});
  size_t at = 0;
  for (const float row : rows)
    for (const float column : columns) factors.values()[at++] = row * column;
  const Value whole{.symbol = image, .axes = {{0}, {1}, {2}, {3}}};
  return with_numbers(Binary::multiply, whole, Constant{Array(factors)}, false).symbol;
}

}  // namespace thaw::foreign
