#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// y = x·scale + offset; one number for all, or one a channel.
struct Rescaling {
  std::vector<float> scale = {1.0F};
  std::vector<float> offset = {0.0F};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("scale", scale);
    visit("offset", offset);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer rescaling(layers::Rescaling attributes = {});

}  // namespace thaw
