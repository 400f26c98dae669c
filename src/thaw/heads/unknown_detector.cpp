#include "thaw/heads/unknown_detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "thaw/core/error.h"
#include "thaw/heads/algebra/unknown_features.h"

namespace thaw {
namespace {

/// Its logarithm is taken, and an image that is a class's mean is as known as any.
constexpr double least_distance = 1e-6;

void expect_shape(const char* name, const Tensor& tensor, const Shape& shape) {
  if (tensor.shape() != shape)
    throw Error(fmt::format("{}: expected {}, received {}", name, shape.to_string(),
                            tensor.shape().to_string()));
}

void expect_variance(double value) {
  if (!(std::isfinite(value) && value > 0))
    throw Error(fmt::format("variances: expected finite numbers above 0, received {}", value));
}

int64_t columns_of(std::span<const FeatureGroup> groups) {
  int64_t columns = 0;
  for (const FeatureGroup& group : groups) {
    if (group.columns < 1 || !std::isfinite(group.weight) || group.weight < 0)
      throw Error(fmt::format(
          "groups: expected columns above 0 and a weight of at least 0, received {} columns of "
          "weight {}",
          group.columns, group.weight));
    columns += group.columns;
  }
  return columns;
}

void check(const UnknownDetectorParts& parts, int64_t columns) {
  if (parts.means.shape().rank() != 2 || parts.means.shape()[0] < 2)
    throw Error(fmt::format("means: expected two rows or more, one a class, received {}",
                            parts.means.shape().to_string()));
  const int64_t classes = parts.means.shape()[0];
  expect_shape("means", parts.means, {classes, columns});
  expect_shape("directions", parts.directions, {std::ssize(parts.variances), columns});
  expect_shape("head kernel", parts.head.kernel, {columns, classes});
  expect_shape("head bias", parts.head.bias, {classes});
  std::ranges::for_each(parts.variances, expect_variance);
  expect_variance(parts.other_variance);
  for (const double number : {parts.distance_weight, parts.margin_weight, parts.most_margin,
                              parts.offset, parts.threshold, parts.unknown_rate}) {
    if (!std::isfinite(number))
      throw Error(
          fmt::format("weights, offset, threshold and rate: expected finite numbers, "
                      "received {}",
                      number));
  }
}

double dot(const float* a, std::span<const double> b) {
  return std::inner_product(b.begin(), b.end(), a, 0.0);
}

}  // namespace

UnknownDetector::UnknownDetector(UnknownDetectorParts parts)
    : parts_(std::move(parts)), columns_(columns_of(parts_.groups)) {
  check(parts_, columns_);
  const auto rank = std::ssize(parts_.variances);
  for (int64_t c = 0; c < classes(); ++c) {
    const float* begin = parts_.means.data() + c * columns_;
    const std::vector<double> mean(begin, begin + columns_);
    for (int64_t k = 0; k < rank; ++k)
      means_along_.push_back(dot(parts_.directions.data() + k * columns_, mean));
  }
}

double UnknownDetector::distance(std::span<const double> u) const {
  const std::span<const double> variances = parts_.variances;
  std::vector<double> along(variances.size());
  for (size_t k = 0; k < along.size(); ++k)
    along[k] = dot(parts_.directions.data() + static_cast<int64_t>(k) * columns_, u);
  double nearest = std::numeric_limits<double>::infinity();
  for (int64_t c = 0; c < classes(); ++c) {
    const float* mean = parts_.means.data() + c * columns_;
    double squared = 0;
    for (const double value : u) {
      const double apart = value - *mean++;
      squared += apart * apart;
    }
    double distance = 0;
    for (size_t k = 0; k < along.size(); ++k) {
      const double apart = along[k] - means_along_[static_cast<size_t>(c) * along.size() + k];
      distance += apart * apart / variances[k];
      squared -= apart * apart;
    }
    nearest = std::min(nearest, distance + std::max(squared, 0.0) / parts_.other_variance);
  }
  return std::max(nearest, least_distance);
}

double UnknownDetector::margin(std::span<const double> u) const {
  const auto bias = parts_.head.bias.values();
  std::vector<double> sums(bias.begin(), bias.end());
  const float* kernel = parts_.head.kernel.data();
  for (const double value : u)
    for (double& sum : sums) sum += value * *kernel++;
  return std::min(algebra::margin_of<double>(sums), parts_.most_margin);
}

double UnknownDetector::score(std::span<const float> features) const {
  const std::vector<double> u = algebra::unknown_features(features, parts_.groups);
  const double score = parts_.distance_weight * std::log(distance(u)) -
                       parts_.margin_weight * margin(u) + parts_.offset;
  return std::isfinite(score) ? score : std::numeric_limits<double>::infinity();
}

}  // namespace thaw
