#pragma once

#include <vector>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// y = gamma·(x − mean)/√(variance + epsilon) + beta, with mean and variance over the `axis` of
/// each sample (Ba et al. 2016): the last, or several up to the last (the batch axis is 0). gamma
/// and beta have the sizes of those axes.
struct LayerNormalization {
  std::vector<int64_t> axis = {-1};
  float epsilon = 1e-3F;
  bool center = true;
  bool scale = true;
  bool rms_scaling = false;
  Initializer beta_initializer = "zeros";
  Initializer gamma_initializer = "ones";
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("axis", axis);
    visit("epsilon", epsilon);
    visit("center", center);
    visit("scale", scale);
    visit("rms_scaling", rms_scaling);
    visit("beta_initializer", beta_initializer);
    visit("gamma_initializer", gamma_initializer);
  }
  Shape output_shape(const Shape& x) const;
  std::vector<WeightSpec> weights(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer layer_normalization(layers::LayerNormalization attributes = {});

}  // namespace thaw
