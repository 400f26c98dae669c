#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// y = x·gamma, one number a channel, which starts at init_values (Touvron et al. 2021, "Going
/// deeper with image transformers"). ConvNeXt's own layer.
struct LayerScale {
  float init_values = 1e-6F;
  int64_t projection_dim = 0;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("init_values", init_values);
    visit("projection_dim", projection_dim);
  }
  Shape output_shape(const Shape& x) const;
  std::vector<WeightSpec> weights(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer layer_scale(layers::LayerScale attributes = {});

}  // namespace thaw
