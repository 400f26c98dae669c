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

/// How accuracy grew with the number of images, and what more of them would likely give.
struct LearningCurve {
  std::vector<CurvePoint> points;  ///< by share, rising
  double twice_images = 0;
  double twice_accuracy = 0;  ///< by 1 − accuracy = a·images^−b, never below the last point
  /// Nine tenths of what curves through resampled images give, half of them through all points and
  /// half through the last two, since a curve may flatten.
  Interval twice_interval;
};

struct LearningCurveOptions {
  uint64_t seed = 0;  ///< which images are left out, and which are drawn again
};

/// Accuracy out of fold of a ridge head on all groups (choose_head()), of one λ, fitted to a
/// quarter, a half and all of the images of the other folds: of each class that share, at least one
/// image. Up to 1,000 images, each share is drawn several times. Throws Error as check_head_data(),
/// UsageError where there are no folds.
LearningCurve learning_curve(const HeadData& data, const LearningCurveOptions& options = {});

}  // namespace thaw
