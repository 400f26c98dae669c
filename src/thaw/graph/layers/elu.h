#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// y = x where x ≥ 0; alpha·(exp(x) − 1) below.
struct ELU {
  float alpha = 1.0F;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("alpha", alpha);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer elu(layers::ELU attributes = {});

}  // namespace thaw
