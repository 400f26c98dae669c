#pragma once

#include <cstdint>
#include <span>

#include "thaw/heads/algebra/matrix.h"

namespace thaw::algebra {

struct SpreadOptions {
  int64_t columns = 0;     ///< of the rows that the products are of
  int64_t directions = 0;  ///< at most so many are told apart
  double shrinkage = 0;  ///< in [0, 1]: how far the covariance is drawn to the identity's multiple
};

/// Where the classes of some rows lie and how rows spread about their class, worked out from the
/// products of all pairs of rows alone: whatever part of the rows is fitted to, there is no second
/// look at their columns.
class ClassSpread {
 public:
  /// `products` = rows · rowsᵀ; rows of weight 0 are not fitted to. Directions are those of the
  /// largest variance within classes, as four steps of subspace iteration find them (Halko et al.
  /// 2011).
  ClassSpread(const Matrix& products, std::span<const int64_t> labels, int64_t classes,
              std::span<const double> weights, const SpreadOptions& options);

  /// [rows, classes]: means = shares()ᵀ · rows. A class without a fitted row has a column of zeros.
  const Matrix& shares() const { return shares_; }
  /// [rows, directions]: directions = coefficients()ᵀ · rows, unit vectors.
  const Matrix& coefficients() const { return coefficients_; }
  /// [directions], and the variance along all others; both shrunk, above 0.
  const Vector& variances() const { return variances_; }
  double other_variance() const { return other_variance_; }

  /// The Mahalanobis distance, squared, of each row to the nearest class that was fitted to.
  Vector nearest(const Matrix& products) const;

 private:
  Matrix within_products(const Matrix& products, std::span<const int64_t> labels) const;
  void find_directions(const Matrix& within, std::span<const int64_t> labels,
                       const SpreadOptions& options);

  Matrix shares_;
  Vector scales_;  ///< [rows]: √ of how much each counts for the covariance
  Matrix coefficients_;
  Vector variances_;
  double other_variance_ = 1;
};

}  // namespace thaw::algebra
