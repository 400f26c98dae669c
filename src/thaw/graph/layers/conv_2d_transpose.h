#pragma once

#include <optional>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"
#include "thaw/ops/activation.h"
#include "thaw/ops/geometry.h"

namespace thaw {
namespace layers {

/// y = activation(x spread by `strides` and convolved + bias), the gradient of a Conv2D as a layer:
/// x [H, W, in] -> y [H·stride, W·stride, filters] under padding "same". kernel [h, w, filters,
/// in].
struct Conv2DTranspose {
  int64_t filters = 0;
  Size2 kernel_size = 1;
  Size2 strides = 1;
  std::string padding = "valid";
  std::optional<Size2> output_padding = {};
  Size2 dilation_rate = 1;
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
    visit("output_padding", output_padding);
    visit("dilation_rate", dilation_rate);
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

Layer conv_2d_transpose(layers::Conv2DTranspose attributes = {});

}  // namespace thaw
