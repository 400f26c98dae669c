#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"
#include "thaw/ops/activation.h"
#include "thaw/ops/geometry.h"

namespace thaw {
namespace layers {

/// y = activation(conv(x, kernel) + bias): x [H, W, in] -> y [H', W', filters], TensorFlow's
/// cross-correlation and padding. kernel [h, w, in/groups, filters].
struct Conv2D {
  int64_t filters = 0;
  Size2 kernel_size = 1;
  Size2 strides = 1;
  std::string padding = "valid";
  Size2 dilation_rate = 1;
  int64_t groups = 1;
  thaw::Activation activation = {};
  bool use_bias = true;
  Initializer kernel_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("filters", filters);
    visit("kernel_size", kernel_size);
    visit("strides", strides);
    visit("padding", padding);
    visit("dilation_rate", dilation_rate);
    visit("groups", groups);
    visit("activation", activation);
    visit("use_bias", use_bias);
    visit("kernel_initializer", kernel_initializer);
    visit("bias_initializer", bias_initializer);
  }
  Shape output_shape(const Shape& x) const;
  std::vector<WeightSpec> weights(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer conv_2d(layers::Conv2D attributes = {});

}  // namespace thaw
