#pragma once

#include <vector>

#include "thaw/heads/head_data.h"
#include "thaw/heads/linear_head.h"

namespace thaw {

struct RidgeOptions {
  /// λ to choose among, all above 0; empty: a grid that is followed downhill (ridge.cpp).
  std::vector<double> penalties = {};
};

struct RidgeFit {
  LinearHead head;
  double penalty = 0;  ///< λ, the best of those tried
  Tensor
      leave_one_out;  ///< [images, classes]: what each image gets from a head fitted to all others
};

/// Ridge regression to one-hot targets: minimizes Σ sᵢ‖zᵢW + b − yᵢ‖² + λ‖W‖², z being the
/// standardized columns (HeadData), s image_weights(), and b not penalized; scikit-learn's Ridge.
/// λ is the one with the least Σ sᵢ‖yᵢ − leave_one_outᵢ‖², which takes no refitting: with the hat
/// matrix H of the weighted problem, the residual of image i kept out is its own over 1 − Hᵢᵢ
/// (Allen 1974). Standardizing is not done again for it. Throws Error as check_head_data().
RidgeFit fit_ridge(const HeadData& data, const RidgeOptions& options = {});

/// What each image gets from a ridge head of penalty λ fitted to the images of all other folds.
/// Costs little more than one fit, however many folds there are.
Tensor ridge_out_of_fold(const HeadData& data, double penalty);

}  // namespace thaw
