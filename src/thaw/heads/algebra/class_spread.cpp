#include "thaw/heads/algebra/class_spread.h"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <limits>

#include "thaw/core/random.h"

namespace thaw::algebra {
namespace {

constexpr Eigen::Index more_than_kept = 8;  ///< of a subspace iteration, so that those converge
constexpr int steps = 4;
constexpr double least_share = 1e-9;      ///< of the largest variance; below it is rounding
constexpr double least_variance = 1e-12;  ///< of rows of length 1

/// An orthonormal basis of what these columns span.
Matrix basis_of(const Matrix& columns) {
  const Eigen::HouseholderQR<Matrix> qr(columns);
  return qr.householderQ() * Matrix::Identity(columns.rows(), columns.cols());
}

Matrix random_columns(Eigen::Index rows, Eigen::Index columns) {
  Random random(1);
  Matrix result(rows, columns);
  for (Eigen::Index c = 0; c < columns; ++c)
    for (Eigen::Index r = 0; r < rows; ++r) result(r, c) = random.normal();
  return result;
}

}  // namespace

ClassSpread::ClassSpread(const Matrix& products, std::span<const int64_t> labels, int64_t classes,
                         std::span<const double> weights, const SpreadOptions& options)
    : shares_(Matrix::Zero(products.rows(), classes)), scales_(Vector::Zero(products.rows())) {
  Vector of_class = Vector::Zero(classes);
  Eigen::Index fitted = 0;
  for (Eigen::Index i = 0; i < products.rows(); ++i) {
    const double weight = weights[static_cast<size_t>(i)];
    of_class(labels[static_cast<size_t>(i)]) += weight;
    fitted += weight > 0 ? 1 : 0;
  }
  const auto present = (of_class.array() > 0).count();
  const auto n = static_cast<double>(fitted);
  // What is lost where means are fitted to the same rows.
  const double unbiased = fitted > present ? n / (n - static_cast<double>(present)) : 1;
  const double all = of_class.sum();
  for (Eigen::Index i = 0; i < products.rows(); ++i) {
    const double weight = weights[static_cast<size_t>(i)];
    const int64_t label = labels[static_cast<size_t>(i)];
    if (weight > 0) {
      shares_(i, label) = weight / of_class(label);
      scales_(i) = std::sqrt(weight / all * unbiased);
    }
  }
  find_directions(within_products(products, labels), labels, options);
}

Matrix ClassSpread::within_products(const Matrix& products, std::span<const int64_t> labels) const {
  const Matrix to_means = products * shares_;
  const Matrix of_means = shares_.transpose() * to_means;
  Matrix within(products.rows(), products.cols());
  for (Eigen::Index j = 0; j < products.cols(); ++j) {
    const int64_t b = labels[static_cast<size_t>(j)];
    for (Eigen::Index i = 0; i < products.rows(); ++i) {
      const int64_t a = labels[static_cast<size_t>(i)];
      within(i, j) = scales_(i) * scales_(j) *
                     (products(i, j) - to_means(i, b) - to_means(j, a) + of_means(a, b));
    }
  }
  return within;
}

void ClassSpread::find_directions(const Matrix& within, std::span<const int64_t> labels,
                                  const SpreadOptions& options) {
  const Eigen::Index wanted = std::min<Eigen::Index>(
      {options.directions, options.columns, static_cast<Eigen::Index>(within.rows())});
  Matrix basis = random_columns(within.rows(), std::min(wanted + more_than_kept, within.rows()));
  for (int step = 0; step < steps; ++step) basis = basis_of(within * basis);
  const Eigen::SelfAdjointEigenSolver<Matrix> solved(basis.transpose() * within * basis);
  const Vector values = solved.eigenvalues().reverse();
  const double least = std::max(values(0) * least_share, least_variance);
  const Eigen::Index kept = std::min<Eigen::Index>(wanted, (values.array() > least).count());
  const Matrix vectors = basis * solved.eigenvectors().rowwise().reverse().leftCols(kept);
  coefficients_ =
      scales_.asDiagonal() * vectors * values.head(kept).cwiseSqrt().cwiseInverse().asDiagonal();
  Matrix by_class = Matrix::Zero(shares_.cols(), kept);
  for (Eigen::Index i = 0; i < coefficients_.rows(); ++i)
    by_class.row(labels[static_cast<size_t>(i)]) += coefficients_.row(i);
  coefficients_ -= shares_ * by_class;

  const auto columns = static_cast<double>(options.columns);
  const double all = within.trace();
  const double mean = std::max(all / columns, least_variance);
  const double others = std::max(columns - static_cast<double>(kept), 1.0);
  const double rest = std::max(all - values.head(kept).sum(), 0.0) / others;
  const double a = options.shrinkage;
  variances_ = (1 - a) * values.head(kept).array() + a * mean;
  other_variance_ = std::max((1 - a) * rest + a * mean, least_variance);
}

Vector ClassSpread::nearest(const Matrix& products) const {
  const Matrix along = products * coefficients_;
  const Matrix means_along = shares_.transpose() * along;
  const Matrix to_means = products * shares_;
  const Matrix of_means = shares_.transpose() * to_means;
  Vector result = Vector::Constant(products.rows(), std::numeric_limits<double>::infinity());
  for (Eigen::Index c = 0; c < shares_.cols(); ++c) {
    if (shares_.col(c).sum() == 0) continue;
    for (Eigen::Index i = 0; i < products.rows(); ++i) {
      const double squared = products(i, i) - 2 * to_means(i, c) + of_means(c, c);
      const auto apart = (along.row(i) - means_along.row(c)).array().square();
      const double other = std::max(squared - apart.sum(), 0.0);
      result(i) = std::min(
          result(i), (apart / variances_.transpose().array()).sum() + other / other_variance_);
    }
  }
  return result;
}

}  // namespace thaw::algebra
