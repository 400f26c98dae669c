#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// y = x, n times one after the other: [size] -> [n, size]. Keras's RepeatVector.
struct RepeatVector {
  int64_t n = 1;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("n", n);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer repeat_vector(layers::RepeatVector attributes = {});

}  // namespace thaw
