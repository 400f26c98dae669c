#pragma once

#include <cstdint>
#include <vector>

#include "thaw/heads/algebra/matrix.h"

namespace thaw::algebra {

/// Throws Error that the penalty is too small for these features, unless `factorized`.
void require_factorized(bool factorized);

/// A linear function of reduced rows: ρ·kernel + bias.
struct Fit {
  Matrix kernel;  ///< [dimensions, classes]
  Vector bias;    ///< [classes]

  /// [rows, classes]
  Matrix operator()(const Matrix& rows) const {
    return (rows * kernel).rowwise() + bias.transpose();
  }
};

/// Sums over rows that ridge regression to their one-hot targets y needs: Σs, Σsρ, Σsy, Σsρρᵀ (its
/// lower triangle) and Σsρyᵀ. Those of a fold are taken away from those of all.
struct Moments {
  double weight = 0;
  Vector sum;
  Vector targets;
  Matrix gram;
  Matrix cross;

  /// Of the rows of these numbers.
  Moments(const Matrix& rows, const Vector& weights, const std::vector<int64_t>& labels,
          int64_t classes, const std::vector<int64_t>& numbers);
  Moments& operator-=(const Moments& other);

  /// Σs(ρ − mean)(ρ − mean)ᵀ + λI, its lower triangle.
  Matrix penalized(double penalty) const;
  /// Minimizes Σ s‖ρW + b − y‖² + λ‖W‖².
  Fit fit(double penalty) const;
};

/// The fit of Moments::fit() to these rows alone, in the cheaper of two ways: by as many equations
/// as there are dimensions, or rows. Weights of rows are above 0.
Fit fit_ridge_to(const Matrix& rows, const Vector& weights, const std::vector<int64_t>& labels,
                 int64_t classes, double penalty);

}  // namespace thaw::algebra
