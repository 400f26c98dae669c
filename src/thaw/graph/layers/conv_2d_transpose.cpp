#include "thaw/graph/layers/conv_2d_transpose.h"

#include <algorithm>

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/conv_transpose_2d.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

namespace {

constexpr int64_t largest = 65536;

/// The size along one axis, as Keras derives it.
int64_t result_size(int64_t size, int64_t window, int64_t stride, std::optional<int64_t> extra,
                    bool is_same) {
  const bool is_sane = size >= 0 && size <= largest && window >= 1 && window <= largest &&
                       stride >= 1 && stride <= largest && extra.value_or(0) >= 0 &&
                       extra.value_or(0) < stride;
  if (!is_sane) {
    throw Error(
        fmt::format("expected a kernel_size and strides of 1 to {} and an output_padding "
                    "below strides, received {}, {} and {}",
                    largest, window, stride, extra.value_or(0)));
  }
  if (is_same) return extra ? (size - 1) * stride + window % 2 + *extra : size * stride;
  return (size - 1) * stride + window + extra.value_or(std::max<int64_t>(stride - window, 0));
}

ops::ConvTranspose2D attributes_for(const Conv2DTranspose& layer, const Shape& x) {
  if (layer.dilation_rate != Size2(1)) {
    throw Error(fmt::format("expected a dilation_rate of 1, received ({}, {})",
                            layer.dilation_rate.height, layer.dilation_rate.width));
  }
  const auto extra = [&](int64_t Size2::*side) {
    return layer.output_padding ? std::optional(*layer.output_padding.*side) : std::nullopt;
  };
  const bool is_same = layer.padding == "same";
  const Size2 size{result_size(x[0], layer.kernel_size.height, layer.strides.height,
                               extra(&Size2::height), is_same),
                   result_size(x[1], layer.kernel_size.width, layer.strides.width,
                               extra(&Size2::width), is_same)};
  return {.strides = layer.strides,
          .padding = resolve_padding(layer.padding, {size.height, size.width, layer.filters},
                                     layer.kernel_size, layer.strides),
          .size = size};
}

}  // namespace

Shape Conv2DTranspose::output_shape(const Shape& x) const {
  if (x.rank() != 3)
    throw Error(
        fmt::format("expected an image (height, width, channels), received {}", x.to_string()));
  if (filters < 1) throw Error(fmt::format("expected filters of at least 1, received {}", filters));
  const Shape shapes[] = {x, weights(x)[0].shape};
  return ops::output_shape(attributes_for(*this, x), shapes);
}

std::vector<WeightSpec> Conv2DTranspose::weights(const Shape& x) const {
  std::vector<WeightSpec> specs = {
      {"kernel", {kernel_size.height, kernel_size.width, filters, x[2]}, kernel_initializer}};
  if (use_bias) specs.push_back({"bias", {filters}, bias_initializer});
  return specs;
}

ops::Value Conv2DTranspose::lower(const LowerContext& context, ops::Value x) const {
  const ops::Value bias = use_bias ? context.weight("bias") : ops::Value{};
  const ops::Value y = context.ops.conv_transpose_2d(
      x, context.weight("kernel"), attributes_for(*this, context.ops.shape(x)), bias);
  return context.ops.activation(y, activation);
}

}  // namespace layers

namespace layer_types {
extern const LayerType conv_2d_transpose;
constinit const LayerType conv_2d_transpose{
    "Conv2DTranspose", &read_definition<layers::Conv2DTranspose, conv_2d_transpose>};
}  // namespace layer_types

Layer conv_2d_transpose(layers::Conv2DTranspose attributes) {
  return make_layer(layer_types::conv_2d_transpose, std::move(attributes));
}

}  // namespace thaw
