#pragma once

#include <vector>

#include "thaw/heads/head_data.h"
#include "thaw/heads/linear_head.h"

namespace thaw {

struct LogisticOptions {
  /// λ to choose among, all above 0; empty: a grid that is followed downhill (logistic.cpp). More
  /// than one needs folds.
  std::vector<double> penalties = {};
  /// Converged where the gradient's norm, by the inverse of a bound of the Hessian, is at most this
  /// times what it is at kernel and bias of 0.
  double tolerance = 1e-8;
};

struct LogisticFit {
  LinearHead head;
  double penalty = 0;  ///< λ, the best of those tried
  Tensor out_of_fold;  ///< [images, classes]; empty where the data have no folds
  int iterations = 0;  ///< of the last fit, to all images
  bool converged = false;
};

/// Multinomial logistic regression: minimizes Σ sᵢ·(log Σₖ exp(zᵢWₖ + bₖ) − (zᵢW + b)_{yᵢ}) +
/// ½λ‖W‖², z being the standardized columns (HeadData), s image_weights(), and b not penalized;
/// scikit-learn's LogisticRegression with C = 1/λ (of two classes, for which it fits one column,
/// C = 2/λ). λ is the one with the least negative log
/// likelihood over folds. Fits to one λ begin where the one before ended. Throws Error as
/// check_head_data().
LogisticFit fit_logistic(const HeadData& data, const LogisticOptions& options = {});

}  // namespace thaw
