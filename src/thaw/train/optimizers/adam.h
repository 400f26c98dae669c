#pragma once

#include "thaw/train/optimizer.h"

namespace thaw {

class OptimizerConfig;

struct AdamOptions {
  double learning_rate = 1e-3;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  OptimizerCommon common = {};
};

/// m ← m + (g − m)(1 − β₁); v ← v + (g² − v)(1 − β₂);
/// w ← w − lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ) · m/(√v + ε). As Keras computes it (Kingma and Ba 2014).
Optimizer adam(const AdamOptions& options = {});

/// Adam with decoupled weight decay, 0.004 unless given (Loshchilov and Hutter 2017).
Optimizer adamw(AdamOptions options = {});

/// The options in Keras's config of an Adam or AdamW.
AdamOptions adam_options(OptimizerConfig& config);

}  // namespace thaw
