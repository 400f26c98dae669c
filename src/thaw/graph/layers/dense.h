#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"
#include "thaw/ops/activation.h"

namespace thaw {
namespace layers {

/// y = activation(x · kernel + bias) over the last axis: x [..., in] -> y [..., units].
struct Dense {
  int64_t units = 0;
  thaw::Activation activation = {};
  bool use_bias = true;
  Initializer kernel_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("units", units);
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

Layer dense(layers::Dense attributes = {});

}  // namespace thaw
