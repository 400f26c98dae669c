#pragma once

#include "thaw/train/optimizer.h"

namespace thaw {

struct SgdOptions {
  double learning_rate = 0.01;
  double momentum = 0.0;
  bool nesterov = false;
  OptimizerCommon common = {};
};

/// w ← w − lr·g; with momentum µ: m ← µ·m − lr·g, w ← w + m, or nesterov w ← w + µ·m − lr·g. As
/// Keras computes it.
Optimizer sgd(const SgdOptions& options = {});

}  // namespace thaw
