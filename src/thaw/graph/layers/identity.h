#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// y = x.
struct Identity {
  std::string name;

  template <typename Visit>
  void fields(Visit&&) {}
  Shape output_shape(const Shape& x) const { return x; }
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer identity(layers::Identity attributes = {});

}  // namespace thaw
