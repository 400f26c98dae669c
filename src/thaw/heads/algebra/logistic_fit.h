#pragma once

#include "thaw/heads/algebra/problem.h"

namespace thaw::algebra {

/// What stands for the inverse Hessian of logistic regression at any point: that of the bound
/// Hessian ≼ ½Σsρρᵀ + λI, one block a class (Böhning 1992, "Multinomial logistic regression
/// algorithm"). Of all rows, which bounds every fit to fewer.
class LogisticBound {
 public:
  LogisticBound(const Moments& all, double penalty);
  /// Of a gradient [dimensions + 1, classes], the bias last.
  Matrix times(const Matrix& gradient) const;

 private:
  Matrix triangle_;  ///< its lower one, L of G + 2λI
  double bias_ = 1;
};

struct LogisticPoint {
  Matrix parameters;  ///< [dimensions + 1, classes], the bias last
  int iterations = 0;
  bool converged = false;

  Fit fit() const;
};

struct LogisticGoal {
  double penalty = 1;
  double tolerance = 1e-8;  ///< of √(gᵀH⁻¹g), H being the bound, relative to parameters of 0
  int most_iterations = 2000;
};

/// Minimizes Σ s·cross entropy + ½λ‖W‖² from `start` by L-BFGS (Nocedal and Wright 2006, algorithm
/// 7.5) with the bound in place of the first Hessian. `weights` [rows] are the problem's, or 0 for
/// rows that are kept out.
LogisticPoint minimize_logistic(const Problem& problem, const Vector& weights,
                                const LogisticBound& bound, const LogisticGoal& goal,
                                const Matrix& start);

}  // namespace thaw::algebra
