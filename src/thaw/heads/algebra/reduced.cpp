#include "thaw/heads/algebra/reduced.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <numeric>

#include "thaw/core/error.h"
#include "thaw/core/random.h"

namespace thaw::algebra {
namespace {

constexpr size_t columns_at_once = 256;
constexpr double jitter = 1e-10;
constexpr int64_t most_values = 80'000'000;

std::vector<int64_t> all_of(int64_t count) {
  std::vector<int64_t> numbers(static_cast<size_t>(count));
  std::iota(numbers.begin(), numbers.end(), int64_t{0});
  return numbers;
}

/// At most `most` of the rows that count, in order; all rows where they are no more than that.
std::vector<int64_t> choose_landmarks(const Vector& weights, int64_t most) {
  if (weights.size() <= most) return all_of(weights.size());
  std::vector<int64_t> counting;
  for (int64_t i = 0; i < weights.size(); ++i) {
    if (weights[i] > 0) counting.push_back(i);
  }
  const auto count = static_cast<int64_t>(counting.size());
  std::vector<int64_t> chosen;
  Random random(0);
  for (const int64_t place : random.permutation(count)) {
    if (static_cast<int64_t>(chosen.size()) == most) break;
    chosen.push_back(counting[static_cast<size_t>(place)]);
  }
  std::ranges::sort(chosen);
  return chosen;
}

}  // namespace

int64_t Reduced::most_dimensions(int64_t rows) {
  return std::clamp<int64_t>(most_values / rows, 500, 2500);
}

Reduced::Reduced(const HeadData& data, Standard standard, const Vector& weights, int64_t most)
    : features_(data.features), standard_(std::move(standard)) {
  for (int64_t j = 0; j < standard_.factor.size(); ++j) {
    if (standard_.factor[j] > 0) columns_.push_back(j);
  }
  reduce(weights, most);
}

Matrix Reduced::standardized(const std::vector<int64_t>& numbers, size_t first,
                             size_t count) const {
  const auto rows = static_cast<Eigen::Index>(numbers.size());
  Matrix result(rows, static_cast<Eigen::Index>(count));
  const int64_t width = features_.shape()[1];
  for (Eigen::Index j = 0; j < result.cols(); ++j) {
    const int64_t column = columns_[first + static_cast<size_t>(j)];
    const double mean = standard_.mean[column];
    const double factor = standard_.factor[column];
    for (Eigen::Index i = 0; i < rows; ++i)
      result(i, j) =
          (features_.data()[numbers[static_cast<size_t>(i)] * width + column] - mean) * factor;
  }
  return result;
}

void Reduced::reduce(const Vector& weights, int64_t most) {
  const int64_t rows = features_.shape()[0];
  const std::vector<int64_t> all = all_of(rows);
  const size_t columns = columns_.size();
  if (columns == 0) {
    rows_ = Matrix::Zero(rows, 1);
    return;
  }
  if (static_cast<int64_t>(columns) <= std::min(rows, most)) {
    rows_ = standardized(all, 0, columns);
    return;
  }
  landmarks_ = choose_landmarks(weights, most);
  const auto count = static_cast<Eigen::Index>(landmarks_.size());
  const bool is_exact = count == rows;
  Matrix gram = Matrix::Zero(count, count);
  if (!is_exact) rows_ = Matrix::Zero(rows, count);
  for (size_t first = 0; first < columns; first += columns_at_once) {
    const size_t some = std::min(columns_at_once, columns - first);
    const Matrix landmarks = standardized(landmarks_, first, some);
    gram.selfadjointView<Eigen::Lower>().rankUpdate(landmarks);
    if (!is_exact) rows_.noalias() += standardized(all, first, some) * landmarks.transpose();
  }
  gram.diagonal().array() += jitter * gram.diagonal().mean();
  const Eigen::LLT<Eigen::Ref<Matrix>> cholesky(gram);
  if (cholesky.info() != Eigen::Success)
    throw Error(
        "features: expected numbers that can be told apart, received a matrix of inner "
        "products that is not positive definite");
  triangle_ = gram.triangularView<Eigen::Lower>();
  if (is_exact) {
    rows_ = triangle_;
    is_lower_ = true;
  } else {
    // ρ Lᵀ = Z Z_Mᵀ
    triangle_.triangularView<Eigen::Lower>().transpose().solveInPlace<Eigen::OnTheRight>(rows_);
  }
}

LinearHead Reduced::head_of(const Matrix& kernel, const Vector& bias) const {
  Matrix on_landmarks;
  if (!landmarks_.empty())
    on_landmarks = triangle_.triangularView<Eigen::Lower>().transpose().solve(kernel);
  Matrix raw = Matrix::Zero(features_.shape()[1], kernel.cols());
  for (size_t first = 0; first < columns_.size(); first += columns_at_once) {
    const size_t some = std::min(columns_at_once, columns_.size() - first);
    const Matrix part =
        landmarks_.empty()
            ? Matrix(kernel.middleRows(static_cast<Eigen::Index>(first),
                                       static_cast<Eigen::Index>(some)))
            : Matrix(standardized(landmarks_, first, some).transpose() * on_landmarks);
    for (size_t j = 0; j < some; ++j) {
      const int64_t column = columns_[first + j];
      raw.row(column) = part.row(static_cast<Eigen::Index>(j)) * standard_.factor[column];
    }
  }
  const Vector offset = bias - raw.transpose() * standard_.mean;
  return {.kernel = tensor_of(raw), .bias = tensor_of(offset)};
}

}  // namespace thaw::algebra
