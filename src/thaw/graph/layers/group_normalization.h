#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// y = gamma·(x − mean)/√(variance + epsilon) + beta, with mean and variance of each sample's
/// `groups` equal parts of the channels (Wu and He 2018); −1: of each channel. gamma and beta
/// [channels].
struct GroupNormalization {
  int64_t groups = 32;
  int64_t axis = -1;
  float epsilon = 1e-3F;
  bool center = true;
  bool scale = true;
  Initializer beta_initializer = "zeros";
  Initializer gamma_initializer = "ones";
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("groups", groups);
    visit("axis", axis);
    visit("epsilon", epsilon);
    visit("center", center);
    visit("scale", scale);
    visit("beta_initializer", beta_initializer);
    visit("gamma_initializer", gamma_initializer);
  }
  Shape output_shape(const Shape& x) const;
  std::vector<WeightSpec> weights(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer group_normalization(layers::GroupNormalization attributes = {});

}  // namespace thaw
