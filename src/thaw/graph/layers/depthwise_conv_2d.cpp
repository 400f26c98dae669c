#include "thaw/graph/layers/depthwise_conv_2d.h"

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/conv_2d.h"
#include "thaw/ops/output_shape.h"

namespace thaw {
namespace layers {

namespace {

ops::Conv2D attributes_for(const DepthwiseConv2D& layer, const Shape& x) {
  return {.strides = layer.strides,
          .dilations = layer.dilation_rate,
          .padding = resolve_padding(layer.padding, x, layer.kernel_size, layer.strides,
                                     layer.dilation_rate),
          .groups = x[2]};
}

/// The kernel as a grouped convolution has it: one input channel a group.
Shape grouped_kernel(const DepthwiseConv2D& layer, const Shape& x) {
  return {layer.kernel_size.height, layer.kernel_size.width, 1, x[2] * layer.depth_multiplier};
}

}  // namespace

Shape DepthwiseConv2D::output_shape(const Shape& x) const {
  if (x.rank() != 3)
    throw Error(
        fmt::format("expected an image (height, width, channels), received {}", x.to_string()));
  constexpr int64_t most = 1 << 12;
  if (depth_multiplier < 1 || depth_multiplier > most) {
    throw Error(fmt::format("expected a depth_multiplier from 1 to {}, received {}", most,
                            depth_multiplier));
  }
  const Shape shapes[] = {x, grouped_kernel(*this, x)};
  return ops::output_shape(attributes_for(*this, x), shapes);
}

std::vector<WeightSpec> DepthwiseConv2D::weights(const Shape& x) const {
  std::vector<WeightSpec> specs = {{"kernel",
                                    {kernel_size.height, kernel_size.width, x[2], depth_multiplier},
                                    depthwise_initializer}};
  if (use_bias) specs.push_back({"bias", {x[2] * depth_multiplier}, bias_initializer});
  return specs;
}

ops::Value DepthwiseConv2D::lower(const LowerContext& context, ops::Value x) const {
  const Shape shape = context.ops.shape(x);
  const ops::Value bias = use_bias ? context.weight("bias") : ops::Value{};
  const ops::Value kernel = context.weight("kernel", grouped_kernel(*this, shape));
  return context.ops.activation(context.ops.conv_2d(x, kernel, attributes_for(*this, shape), bias),
                                activation);
}

}  // namespace layers

namespace layer_types {
extern const LayerType depthwise_conv_2d;
constinit const LayerType depthwise_conv_2d{
    "DepthwiseConv2D", &read_definition<layers::DepthwiseConv2D, depthwise_conv_2d>};
}  // namespace layer_types

Layer depthwise_conv_2d(layers::DepthwiseConv2D attributes) {
  return make_layer(layer_types::depthwise_conv_2d, std::move(attributes));
}

}  // namespace thaw
