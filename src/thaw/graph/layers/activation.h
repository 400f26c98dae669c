#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"
#include "thaw/ops/activation.h"

namespace thaw {
namespace layers {

/// y = activation(x), by name: "relu", "relu6", "softmax", …
struct Activation {
  thaw::Activation activation = {};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("activation", activation);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer activation(layers::Activation attributes = {});

}  // namespace thaw
