#pragma once

#include "thaw/train/optimizer.h"
#include "thaw/train/options.h"

namespace thaw {

/// v ← ρ·v + (1 − ρ)·g²; w ← w − lr·g/√(v + ε). As Keras computes it.
struct RmspropOptions {
  double learning_rate = 1e-3;
  double rho = 0.9;
  double epsilon = 1e-7;
  OptimizerCommon common = {};

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("rho", rho);
    Only momentum{0.0};
    visit("momentum", momentum);
    visit("epsilon", epsilon);
    Only centered{false};
    visit("centered", centered);
  }
  std::vector<OptimizerSlot> slots() const;
  void update(std::span<float> values, std::span<const float> gradients,
              std::span<float* const> slots, const OptimizerStep& step) const;
};

Optimizer rmsprop(const RmspropOptions& options = {});

}  // namespace thaw
