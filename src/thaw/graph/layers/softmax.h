#pragma once

#include <vector>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// y = exp(x)/Σexp(x) along `axis` (the batch axis is 0, −1 the last).
struct Softmax {
  std::vector<int64_t> axis = {-1};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("axis", axis);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer softmax(layers::Softmax attributes = {});

}  // namespace thaw
