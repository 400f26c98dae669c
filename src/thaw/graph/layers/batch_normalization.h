#pragma once

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// y = gamma·(x − mean)/√(variance + epsilon) + beta over the last axis (Ioffe and Szegedy 2015).
/// In fit the batch's statistics, and moving ← momentum·moving + (1 − momentum)·batch; the moving
/// ones in evaluate and predict, under training=False, and whenever the layer is frozen
/// (trainable=False), as in Keras.
struct BatchNormalization {
  int64_t axis = -1;
  float momentum = 0.99F;
  float epsilon = 1e-3F;
  bool center = true;
  bool scale = true;
  Initializer beta_initializer = "zeros";
  Initializer gamma_initializer = "ones";
  Initializer moving_mean_initializer = "zeros";
  Initializer moving_variance_initializer = "ones";
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("axis", axis);
    visit("momentum", momentum);
    visit("epsilon", epsilon);
    visit("center", center);
    visit("scale", scale);
    visit("beta_initializer", beta_initializer);
    visit("gamma_initializer", gamma_initializer);
    visit("moving_mean_initializer", moving_mean_initializer);
    visit("moving_variance_initializer", moving_variance_initializer);
  }
  Shape output_shape(const Shape& x) const;
  std::vector<WeightSpec> weights(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer batch_normalization(layers::BatchNormalization attributes = {});

}  // namespace thaw
