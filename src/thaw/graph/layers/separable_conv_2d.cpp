#include "thaw/graph/layers/separable_conv_2d.h"

#include "thaw/graph/describe.h"
#include "thaw/graph/layers/depthwise_conv_2d.h"
#include "thaw/ops/kinds/conv_2d.h"

namespace thaw {
namespace layers {

namespace {

DepthwiseConv2D depthwise_part(const SeparableConv2D& layer) {
  return {.kernel_size = layer.kernel_size,
          .strides = layer.strides,
          .padding = layer.padding,
          .dilation_rate = layer.dilation_rate,
          .depth_multiplier = layer.depth_multiplier,
          .use_bias = false};
}

}  // namespace

Shape SeparableConv2D::output_shape(const Shape& x) const {
  if (filters < 1) throw Error(fmt::format("expected filters of at least 1, received {}", filters));
  return depthwise_part(*this).output_shape(x).with_last(filters);
}

std::vector<WeightSpec> SeparableConv2D::weights(const Shape& x) const {
  std::vector<WeightSpec> specs = {
      {"depthwise_kernel",
       {kernel_size.height, kernel_size.width, x[2], depth_multiplier},
       depthwise_initializer},
      {"pointwise_kernel", {1, 1, x[2] * depth_multiplier, filters}, pointwise_initializer}};
  if (use_bias) specs.push_back({"bias", {filters}, bias_initializer});
  return specs;
}

ops::Value SeparableConv2D::lower(const LowerContext& context, ops::Value x) const {
  const Shape shape = context.ops.shape(x);
  const ops::Value depthwise_kernel = context.weight(
      "depthwise_kernel", {kernel_size.height, kernel_size.width, 1, shape[2] * depth_multiplier});
  const ops::Value inner = context.ops.conv_2d(
      x, depthwise_kernel,
      {.strides = strides,
       .dilations = dilation_rate,
       .padding = resolve_padding(padding, shape, kernel_size, strides, dilation_rate),
       .groups = shape[2]});
  const ops::Value bias = use_bias ? context.weight("bias") : ops::Value{};
  return context.ops.activation(
      context.ops.conv_2d(inner, context.weight("pointwise_kernel"), {}, bias), activation);
}

}  // namespace layers

namespace layer_types {
extern const LayerType separable_conv_2d;
constinit const LayerType separable_conv_2d{
    "SeparableConv2D", &read_definition<layers::SeparableConv2D, separable_conv_2d>};
}  // namespace layer_types

Layer separable_conv_2d(layers::SeparableConv2D attributes) {
  return make_layer(layer_types::separable_conv_2d, std::move(attributes));
}

}  // namespace thaw
