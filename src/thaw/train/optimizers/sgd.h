#pragma once

#include "thaw/train/optimizer.h"

namespace thaw {

/// w ← w − lr·g; with momentum µ: m ← µ·m − lr·g, w ← w + m, or nesterov w ← w + µ·m − lr·g. As
/// Keras computes it.
struct SgdOptions {
  double learning_rate = 0.01;
  double momentum = 0.0;
  bool nesterov = false;
  OptimizerCommon common = {};

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("momentum", momentum);
    visit("nesterov", nesterov);
  }
  std::vector<OptimizerSlot> slots() const;
  void update(std::span<float> values, std::span<const float> gradients,
              std::span<float* const> slots, const OptimizerStep& step) const;
};

/// Throws UsageError unless momentum is from 0 to 1.
Optimizer sgd(const SgdOptions& options = {});

}  // namespace thaw
