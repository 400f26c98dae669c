#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// In fit zeroes a whole sample with probability drop_path_rate and divides the others by 1 −
/// drop_path_rate (Huang et al. 2016); otherwise y = x. ConvNeXt's own layer.
struct StochasticDepth {
  float drop_path_rate = 0.0F;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("drop_path_rate", drop_path_rate);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer stochastic_depth(layers::StochasticDepth attributes = {});

}  // namespace thaw
