#include "thaw/heads/algebra/logistic_fit.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <deque>

#include "thaw/heads/algebra/thin.h"

namespace thaw::algebra {
namespace {

/// Of so many steps the curvature is remembered, fewer where they are large.
constexpr size_t most_remembered = 10;
constexpr size_t fewest_remembered = 3;
constexpr double remembered_values = 4e7;

double dot(const Matrix& a, const Matrix& b) { return (a.array() * b.array()).sum(); }

/// The loss to minimize, as a function of parameters.
class Loss {
 public:
  Loss(const Problem& problem, const Vector& weights, double penalty)
      : problem_(problem), weights_(weights), penalty_(penalty) {}

  /// The loss; `gradient` gets its gradient.
  double at(const Matrix& parameters, Matrix& gradient) const {
    const Matrix& rows = problem_.rows();
    const Eigen::Index dimensions = rows.cols();
    const auto kernel = parameters.topRows(dimensions);
    Matrix logits =
        thin_product(rows, problem_.is_lower(), kernel).rowwise() + parameters.row(dimensions);
    const double loss = to_errors(logits) + penalty_ / 2 * kernel.squaredNorm();
    gradient.resize(parameters.rows(), parameters.cols());
    gradient.topRows(dimensions) = thin_transposed_product(rows, problem_.is_lower(), logits);
    gradient.topRows(dimensions) += penalty_ * kernel;
    gradient.row(dimensions) = logits.colwise().sum();
    return loss;
  }

 private:
  /// Σ s·cross entropy; logits become s·(softmax − one-hot target).
  double to_errors(Matrix& logits) const {
    const Vector top = logits.rowwise().maxCoeff();
    logits.colwise() -= top;
    double loss = 0;
    for (Eigen::Index i = 0; i < logits.rows(); ++i) {
      if (weights_[i] > 0) loss -= weights_[i] * logits(i, problem_.labels()[i]);
    }
    logits = logits.array().exp();
    const Vector sum = logits.rowwise().sum();
    loss += (weights_.array() * sum.array().log()).sum();
    logits.array().colwise() *= weights_.array() / sum.array();
    for (Eigen::Index i = 0; i < logits.rows(); ++i) logits(i, problem_.labels()[i]) -= weights_[i];
    return loss;
  }

  const Problem& problem_;
  const Vector& weights_;
  double penalty_;
};

/// What the last steps tell of the Hessian. Beside each gradient g goes P·g, P being the inverse of
/// the bound, so that P is applied once a step.
class Curvature {
 public:
  explicit Curvature(Eigen::Index values)
      : most_(std::clamp(static_cast<size_t>(remembered_values / static_cast<double>(values)),
                         fewest_remembered, most_remembered)) {}

  /// The step of Newton's method that the approximation gives, without its sign.
  Matrix direction(const Matrix& gradient, const Matrix& bounded) const {
    Matrix q = gradient;
    Matrix z = bounded;
    std::vector<double> alpha(steps_.size());
    for (size_t i = steps_.size(); i-- > 0;) {
      alpha[i] = steps_[i].rho * dot(steps_[i].step, q);
      q -= alpha[i] * steps_[i].change;
      z -= alpha[i] * steps_[i].bounded_change;
    }
    z *= scale_;
    for (size_t i = 0; i < steps_.size(); ++i)
      z += (alpha[i] - steps_[i].rho * dot(steps_[i].change, z)) * steps_[i].step;
    return z;
  }

  void remember(Matrix step, Matrix change, Matrix bounded_change) {
    const double product = dot(step, change);
    if (!(product > 0)) return;
    scale_ = product / dot(change, bounded_change);
    if (steps_.size() == most_) steps_.pop_front();
    steps_.push_back({std::move(step), std::move(change), std::move(bounded_change), 1 / product});
  }

  void forget() {
    steps_.clear();
    scale_ = 1;
  }
  bool is_empty() const { return steps_.empty(); }

 private:
  struct Step {
    Matrix step;
    Matrix change;  ///< of the gradient
    Matrix bounded_change;
    double rho;
  };
  size_t most_;
  double scale_ = 1;
  std::deque<Step> steps_;
};

}  // namespace

LogisticBound::LogisticBound(const Moments& all, double penalty)
    : triangle_(all.penalized(2 * penalty)), bias_(2 / all.weight) {
  const Eigen::LLT<Eigen::Ref<Matrix>> in_place(triangle_);
  require_factorized(in_place.info() == Eigen::Success);
}

Matrix LogisticBound::times(const Matrix& gradient) const {
  // (½G + λI)⁻¹ = 2(G + 2λI)⁻¹
  const Eigen::Index dimensions = gradient.rows() - 1;
  Matrix result(gradient.rows(), gradient.cols());
  Matrix kernel = 2 * gradient.topRows(dimensions);
  thin_cholesky_solve(triangle_, kernel);
  result.topRows(dimensions) = kernel;
  result.row(dimensions) = bias_ * gradient.row(dimensions);
  return result;
}

Fit LogisticPoint::fit() const {
  const Eigen::Index dimensions = parameters.rows() - 1;
  return {parameters.topRows(dimensions), parameters.row(dimensions).transpose()};
}

LogisticPoint minimize_logistic(const Problem& problem, const Vector& weights,
                                const LogisticBound& bound, const LogisticGoal& goal,
                                const Matrix& start) {
  const Loss loss(problem, weights, goal.penalty);
  Matrix gradient;
  loss.at(Matrix::Zero(start.rows(), start.cols()), gradient);
  const double enough = goal.tolerance * goal.tolerance * dot(gradient, bound.times(gradient));
  LogisticPoint point{.parameters = start};
  double value = loss.at(point.parameters, gradient);
  Matrix bounded = bound.times(gradient);
  Curvature curvature(start.size());
  while (point.iterations < goal.most_iterations) {
    point.converged = dot(gradient, bounded) <= enough;
    if (point.converged) break;
    const Matrix direction = curvature.direction(gradient, bounded);
    const double slope = dot(gradient, direction);
    bool has_moved = false;
    for (double length = 1; length > 1e-9 && !has_moved; length /= 2) {
      Matrix step = -length * direction;
      Matrix next_gradient;
      const double next = loss.at(point.parameters + step, next_gradient);
      // Near the end a gain drowns in what rounding leaves of the loss.
      if (!(next <= value - 1e-4 * length * slope + 1e-13 * std::abs(value))) continue;
      Matrix next_bounded = bound.times(next_gradient);
      point.parameters += step;
      curvature.remember(std::move(step), next_gradient - gradient, next_bounded - bounded);
      gradient = std::move(next_gradient);
      bounded = std::move(next_bounded);
      value = next;
      has_moved = true;
    }
    ++point.iterations;
    if (!has_moved && curvature.is_empty()) break;
    if (!has_moved) curvature.forget();
  }
  return point;
}

}  // namespace thaw::algebra
