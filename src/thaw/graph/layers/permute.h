#pragma once

#include <vector>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// The axes in another order: y's i-th axis is x's dims[i]-th, 1 being the first after the batch.
struct Permute {
  std::vector<int64_t> dims = {};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("dims", dims);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer permute(layers::Permute attributes = {});

}  // namespace thaw
