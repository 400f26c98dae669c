#pragma once

#include "thaw/train/optimizer.h"

namespace thaw {

struct RmspropOptions {
  double learning_rate = 1e-3;
  double rho = 0.9;
  double epsilon = 1e-7;
  OptimizerCommon common = {};
};

/// v ← ρ·v + (1 − ρ)·g²; w ← w − lr·g/√(v + ε). As Keras computes it.
Optimizer rmsprop(const RmspropOptions& options = {});

}  // namespace thaw
