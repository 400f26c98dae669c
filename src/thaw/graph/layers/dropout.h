#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// In fit zeroes each element with probability `rate` and divides the rest by 1 − rate; otherwise y
/// = x.
struct Dropout {
  float rate = 0.5F;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("rate", rate);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer dropout(layers::Dropout attributes = {});

}  // namespace thaw
