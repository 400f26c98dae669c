#include "thaw/heads/ridge.h"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <cmath>

#include "thaw/core/error.h"
#include "thaw/heads/algebra/penalty_search.h"

namespace thaw {
namespace {

using algebra::Matrix;
using algebra::Problem;
using algebra::Vector;

/// From 10^−0.5, as where folds choose.
constexpr size_t start = 5;

/// What each image gets when none of its views is fitted to: with H the hat matrix of the weighted
/// problem and B the views of an image, their weighted residuals are (I − H_BB)⁻¹ times those of
/// the fit to all.
Matrix leave_one_out(const Problem& problem, double penalty) {
  const algebra::Moments& moments = problem.moments();
  const algebra::Fit fit = moments.fit(penalty);
  const Matrix fitted = fit(problem.rows());
  Matrix halves = problem.rows().transpose();  // L⁻¹ of centred rows, one a column
  halves.colwise() -= moments.sum / moments.weight;
  const Eigen::LLT<Matrix> cholesky(moments.penalized(penalty));
  algebra::require_factorized(cholesky.info() == Eigen::Success);
  cholesky.matrixL().solveInPlace(halves);
  Matrix result(problem.images(), problem.classes());
  for (int64_t image = 0; image < problem.images(); ++image) {
    const int64_t label = problem.labels()[static_cast<size_t>(image)];
    const double s = problem.weights()[image];
    Matrix own(halves.rows(), problem.views());
    Matrix residuals(problem.views(), problem.classes());
    for (int64_t view = 0; view < problem.views(); ++view) {
      const int64_t row = view * problem.images() + image;
      own.col(view) = halves.col(row);
      residuals.row(view) = -fitted.row(row);
    }
    residuals.col(label).array() += 1;
    const Matrix hat = s * ((own.transpose() * own).array() + 1 / moments.weight).matrix();
    const Eigen::LLT<Matrix> left(Matrix::Identity(hat.rows(), hat.cols()) - hat);
    result.row(image) = -left.solve(residuals).row(0);
    result(image, label) += 1;
    // Without the only image that counts there is nothing to fit to.
    if (moments.weight - s * problem.views() <= 1e-12 * moments.weight) result.row(image).setZero();
  }
  return result;
}

double squared_error(const Problem& problem, const Matrix& predicted) {
  double sum = 0;
  for (int64_t image = 0; image < problem.images(); ++image) {
    Vector residual = predicted.row(image);
    residual[problem.labels()[static_cast<size_t>(image)]] -= 1;
    sum += problem.weights()[image] * residual.squaredNorm();
  }
  return sum;
}

}  // namespace

RidgeFit fit_ridge(const HeadData& data, const RidgeOptions& options) {
  check_penalties(options.penalties);
  const Problem problem(data);
  const bool is_default = options.penalties.empty();
  const std::vector<double> grid =
      is_default ? algebra::default_penalties(problem) : options.penalties;
  RidgeFit result;
  double least = INFINITY;
  const auto score = [&](size_t place) {
    const Matrix predicted = leave_one_out(problem, grid[place]);
    const double error = squared_error(problem, predicted);
    if (error < least) {
      least = error;
      result.penalty = grid[place];
      result.leave_one_out = algebra::tensor_of(predicted);
    }
    return error;
  };
  if (is_default) {
    algebra::downhill(grid.size(), start, score);
  } else {
    for (size_t place = 0; place < grid.size(); ++place) score(place);
  }
  result.head = problem.head_of(problem.moments().fit(result.penalty));
  return result;
}

Tensor ridge_out_of_fold(const HeadData& data, double penalty) {
  check_penalties({&penalty, 1});
  if (data.folds.empty()) throw UsageError("out of fold: expected folds, received none");
  return algebra::tensor_of(algebra::ridge_without_folds(Problem(data), penalty));
}

}  // namespace thaw
