#pragma once

#include <cstdint>
#include <vector>

#include "thaw/heads/head_data.h"
#include "thaw/heads/intervals.h"

namespace thaw {

struct CurvePoint {
  double share = 0;           ///< of the images that may be fitted to: 0.25, 0.5, 1
  double images = 0;          ///< fitted to, on average over folds
  double accuracy = 0;        ///< out of fold
  double standard_error = 0;  ///< of the accuracy
};

struct LearningCurve {
  std::vector<CurvePoint> points;  ///< by share, rising
  /// What twice as many images would likely give, by 1 − accuracy = a·images^−b + c through the
  /// points; the interval holds 90 % of what resampled points give.
  double twice_images = 0;
  double twice_accuracy = 0;
  Interval twice_interval;
};

struct LearningCurveOptions {
  uint64_t seed = 0;  ///< which images are left out
};

/// Accuracy out of fold of a ridge head on all groups, fitted to a quarter, a half and all of the
/// images of the other folds; of each class that share, at least one. Throws Error as
/// check_head_data(), and where there are no folds.
LearningCurve learning_curve(const HeadData& data, const LearningCurveOptions& options = {});

}  // namespace thaw
