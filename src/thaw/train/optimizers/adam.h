#pragma once

#include "thaw/train/optimizer.h"
#include "thaw/train/options.h"

namespace thaw {

/// m ← m + (g − m)(1 − β₁); v ← v + (g² − v)(1 − β₂);
/// w ← w − lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ) · m/(√v + ε). As Keras computes it (Kingma and Ba 2014).
struct AdamOptions {
  double learning_rate = 1e-3;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  OptimizerCommon common = {};

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("beta_1", beta_1);
    visit("beta_2", beta_2);
    visit("epsilon", epsilon);
    Only amsgrad{false};
    visit("amsgrad", amsgrad);
  }
  std::vector<OptimizerSlot> slots() const;
  void update(std::span<float> values, std::span<const float> gradients,
              std::span<float* const> slots, const OptimizerStep& step) const;
};

Optimizer adam(const AdamOptions& options = {});

/// Adam with decoupled weight decay, 0.004 unless given (Loshchilov and Hutter 2017).
Optimizer adamw(const AdamOptions& options = {});

}  // namespace thaw
