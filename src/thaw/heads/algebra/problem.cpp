#include "thaw/heads/algebra/problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "thaw/core/error.h"
#include "thaw/heads/calibration.h"

namespace thaw::algebra {
namespace {

constexpr int64_t searched_images = 200;

Vector checked_weights(const HeadData& data) {
  check_head_data(data);
  return row_weights(data);
}

}  // namespace

Problem::Problem(const HeadData& data) : Problem(data, checked_weights(data)) {}

Problem::Problem(const HeadData& data, const Vector& weights)
    : weights_(weights),
      reduced_(data, standard_of(data, weights), weights),
      images_(data.images()),
      classes_(data.classes) {
  for (int64_t view = 0; view < data.views; ++view)
    labels_.insert(labels_.end(), data.labels.begin(), data.labels.end());
  if (!data.folds.empty()) sort_into_folds(data.folds);
}

void Problem::sort_into_folds(const std::vector<int>& folds) {
  // Numbers that no image has are no folds.
  const std::set<int> numbers(folds.begin(), folds.end());
  in_fold_.resize(numbers.size());
  for (int64_t row = 0; row < rows().rows(); ++row) {
    const int fold = folds[static_cast<size_t>(row % images_)];
    const auto place = std::distance(numbers.begin(), numbers.find(fold));
    in_fold_[static_cast<size_t>(place)].push_back(row);
  }
  const auto counts = [&](int64_t row) { return weights_[row] > 0; };
  const auto all = (weights_.array() > 0).count();
  for (const auto& fold : in_fold_) {
    if (std::ranges::count_if(fold, counts) == all)
      throw Error("folds: expected images of weight above 0 in at least two of them, received one");
  }
}

std::vector<int64_t> Problem::images_of_fold(int fold) const {
  std::vector<int64_t> numbers;
  for (const int64_t row : rows_of_fold(fold)) {
    if (row < images_) numbers.push_back(row);
  }
  return numbers;
}

std::vector<int> Problem::search_folds() const {
  std::vector<int> numbers;
  int64_t searched = 0;
  for (int fold = 0; fold < folds() && searched < searched_images; ++fold) {
    const auto images = images_of_fold(fold);
    const int64_t counting =
        std::ranges::count_if(images, [&](int64_t image) { return weights_[image] > 0; });
    if (counting > 0) numbers.push_back(fold);
    searched += counting;
  }
  return numbers;
}

const Moments& Problem::moments() const {
  if (moments_ == nullptr) {
    std::vector<int64_t> all(labels_.size());
    std::iota(all.begin(), all.end(), int64_t{0});
    moments_ = std::make_unique<Moments>(rows(), weights_, labels_, classes_, all);
  }
  return *moments_;
}

Moments Problem::moments_without(int fold) const {
  Moments result = moments();
  result -= Moments(rows(), weights_, labels_, classes_, rows_of_fold(fold));
  return result;
}

double Problem::score(const std::vector<Matrix>& logits,
                      const std::vector<std::vector<int64_t>>& images) const {
  std::vector<int64_t> labels;
  std::vector<double> weights;
  for (const auto& some : images) {
    for (const int64_t image : some) {
      labels.push_back(labels_[static_cast<size_t>(image)]);
      weights.push_back(weights_[image]);
    }
  }
  Tensor values({static_cast<int64_t>(labels.size()), classes_});
  int64_t first = 0;
  for (const Matrix& some : logits) {
    Tensor part = values.rows(first, some.rows());
    store(some, part);
    first += some.rows();
  }
  const double temperature = fit_temperature(values, labels, weights);
  return negative_log_likelihood(values, labels, weights, temperature);
}

Matrix some_rows(const Matrix& rows, const std::vector<int64_t>& numbers) {
  Matrix result(static_cast<Eigen::Index>(numbers.size()), rows.cols());
  for (Eigen::Index column = 0; column < rows.cols(); ++column) {
    for (size_t i = 0; i < numbers.size(); ++i)
      result(static_cast<Eigen::Index>(i), column) = rows(numbers[i], column);
  }
  return result;
}

void put_rows(Matrix& all, const Matrix& some, const std::vector<int64_t>& numbers) {
  for (size_t i = 0; i < numbers.size(); ++i)
    all.row(numbers[i]) = some.row(static_cast<Eigen::Index>(i));
}

}  // namespace thaw::algebra
