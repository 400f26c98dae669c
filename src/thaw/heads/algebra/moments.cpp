#include "thaw/heads/algebra/moments.h"

#include <Eigen/Cholesky>
#include <cmath>
#include <numeric>

#include "thaw/core/error.h"

namespace thaw::algebra {
namespace {

constexpr size_t rows_at_once = 512;

}  // namespace

void require_factorized(bool factorized) {
  if (!factorized)
    throw Error(
        "penalty: expected one large enough for double precision to solve with, received "
        "one that is nothing beside the features' inner products: use a larger one");
}

Moments::Moments(const Matrix& rows, const Vector& weights, const std::vector<int64_t>& labels,
                 int64_t classes, const std::vector<int64_t>& numbers)
    : sum(Vector::Zero(rows.cols())),
      targets(Vector::Zero(classes)),
      gram(Matrix::Zero(rows.cols(), rows.cols())),
      cross(Matrix::Zero(rows.cols(), classes)) {
  for (size_t first = 0; first < numbers.size(); first += rows_at_once) {
    const size_t count = std::min(rows_at_once, numbers.size() - first);
    Matrix part(rows.cols(), static_cast<Eigen::Index>(count));
    for (size_t i = 0; i < count; ++i) {
      const int64_t row = numbers[first + i];
      const int64_t label = labels[static_cast<size_t>(row)];
      const double s = weights[row];
      part.col(static_cast<Eigen::Index>(i)) = rows.row(row).transpose() * std::sqrt(s);
      weight += s;
      targets[label] += s;
      sum += rows.row(row).transpose() * s;
      cross.col(label) += rows.row(row).transpose() * s;
    }
    gram.selfadjointView<Eigen::Lower>().rankUpdate(part);
  }
}

Moments& Moments::operator-=(const Moments& other) {
  weight -= other.weight;
  sum -= other.sum;
  targets -= other.targets;
  gram -= other.gram;
  cross -= other.cross;
  return *this;
}

Matrix Moments::penalized(double penalty) const {
  Matrix result = gram;
  result.selfadjointView<Eigen::Lower>().rankUpdate(sum, -1 / weight);
  result.diagonal().array() += penalty;
  return result;
}

Fit Moments::fit(double penalty) const {
  const Vector mean_target = targets / weight;
  Matrix matrix = penalized(penalty);
  const Eigen::LLT<Eigen::Ref<Matrix>> cholesky(matrix);
  require_factorized(cholesky.info() == Eigen::Success);
  Fit fit{cholesky.solve(cross - sum * mean_target.transpose()), Vector()};
  fit.bias = mean_target - fit.kernel.transpose() * sum / weight;
  return fit;
}

Fit fit_ridge_to(const Matrix& rows, const Vector& weights, const std::vector<int64_t>& labels,
                 int64_t classes, double penalty) {
  if (rows.rows() >= rows.cols()) {
    std::vector<int64_t> all(labels.size());
    std::iota(all.begin(), all.end(), int64_t{0});
    return Moments(rows, weights, labels, classes, all).fit(penalty);
  }
  const double weight = weights.sum();
  const Vector mean = rows.transpose() * weights / weight;
  const Matrix centred = rows.rowwise() - mean.transpose();
  Vector mean_target = Vector::Zero(classes);
  for (size_t i = 0; i < labels.size(); ++i)
    mean_target[labels[i]] += weights[static_cast<Eigen::Index>(i)] / weight;
  Matrix targets = (-mean_target.transpose()).replicate(rows.rows(), 1);
  for (size_t i = 0; i < labels.size(); ++i) targets(static_cast<Eigen::Index>(i), labels[i]) += 1;
  // W = Zᵀa with (ZZᵀ + λ/s)a = y − mean of y, Z being centred.
  Matrix gram = Matrix::Zero(rows.rows(), rows.rows());
  gram.selfadjointView<Eigen::Lower>().rankUpdate(centred);
  gram.diagonal().array() += penalty / weights.array();
  const Eigen::LLT<Eigen::Ref<Matrix>> cholesky(gram);
  require_factorized(cholesky.info() == Eigen::Success);
  Fit fit{centred.transpose() * cholesky.solve(targets), Vector()};
  fit.bias = mean_target - fit.kernel.transpose() * mean;
  return fit;
}

}  // namespace thaw::algebra
