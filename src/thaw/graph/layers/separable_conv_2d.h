#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"
#include "thaw/ops/activation.h"
#include "thaw/ops/geometry.h"

namespace thaw {
namespace layers {

/// A depthwise convolution, then a 1×1 convolution: x [H, W, in] -> y [H', W', filters].
/// depthwise_kernel [h, w, in, depth_multiplier], pointwise_kernel [1, 1, in·depth_multiplier,
/// filters].
struct SeparableConv2D {
  int64_t filters = 0;
  Size2 kernel_size = 1;
  Size2 strides = 1;
  std::string padding = "valid";
  Size2 dilation_rate = 1;
  int64_t depth_multiplier = 1;
  thaw::Activation activation = {};
  bool use_bias = true;
  Initializer depthwise_initializer = "glorot_uniform";
  Initializer pointwise_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("filters", filters);
    visit("kernel_size", kernel_size);
    visit("strides", strides);
    visit("padding", padding);
    visit("dilation_rate", dilation_rate);
    visit("depth_multiplier", depth_multiplier);
    visit("activation", activation);
    visit("use_bias", use_bias);
    visit("depthwise_initializer", depthwise_initializer);
    visit("pointwise_initializer", pointwise_initializer);
    visit("bias_initializer", bias_initializer);
  }
  Shape output_shape(const Shape& x) const;
  std::vector<WeightSpec> weights(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer separable_conv_2d(layers::SeparableConv2D attributes = {});

}  // namespace thaw
