#pragma once

#include <optional>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// In fit zeroes whole channels of an image with probability `rate` and divides the others by 1 −
/// rate; otherwise y = x. `seed` is only kept.
struct SpatialDropout2D {
  float rate = 0.5F;
  std::optional<int64_t> seed = {};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("rate", rate);
    visit("seed", seed);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer spatial_dropout_2d(layers::SpatialDropout2D attributes = {});

}  // namespace thaw
