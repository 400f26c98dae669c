#pragma once

#include <vector>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// The same numbers under target_shape, in which one −1 stands for whatever is left.
struct Reshape {
  Shape target_shape = {};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    // An unknown size stays −1 here, where a Shape's would be written as null.
    std::vector<int64_t> sizes(target_shape.sizes().begin(), target_shape.sizes().end());
    visit("target_shape", sizes);
    target_shape = Shape(std::move(sizes));
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer reshape(layers::Reshape attributes = {});

}  // namespace thaw
