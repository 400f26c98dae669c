#include "thaw/heads/algebra/standard.h"

#include <algorithm>
#include <cmath>

namespace thaw::algebra {
namespace {

/// So many columns at once, so that little is held in double precision.
constexpr int64_t columns_at_once = 256;

/// What float32 leaves of a constant: deviations below this share of the mean.
constexpr double rounding = 1e-6;

/// How much of the median variance is added to every variance.
constexpr double floor_share = 0.1;

struct Spread {
  Vector mean;
  Vector variance;  ///< 0 for constant columns
};

Spread spread_of(const Tensor& features, const Vector& weights) {
  const int64_t rows = features.shape()[0];
  const int64_t columns = features.shape()[1];
  const double all = weights.sum();
  Spread spread{Vector(columns), Vector(columns)};
  for (int64_t first = 0; first < columns; first += columns_at_once) {
    const int64_t count = std::min(columns_at_once, columns - first);
    Matrix part = part_of(features, 0, rows, first, count);
    const Vector mean = part.transpose() * weights / all;
    part.rowwise() -= mean.transpose();
    spread.mean.segment(first, count) = mean;
    spread.variance.segment(first, count) =
        part.array().square().matrix().transpose() * weights / all;
  }
  for (int64_t j = 0; j < columns; ++j) {
    if (std::sqrt(spread.variance[j]) <= rounding * std::abs(spread.mean[j]))
      spread.variance[j] = 0;
  }
  return spread;
}

/// Of those that are not 0; 0 where all are.
double median_of(const Vector& variances) {
  std::vector<double> positive;
  std::copy_if(variances.begin(), variances.end(), std::back_inserter(positive),
               [](double variance) { return variance > 0; });
  if (positive.empty()) return 0;
  const auto middle = positive.begin() + static_cast<std::ptrdiff_t>(positive.size() / 2);
  std::nth_element(positive.begin(), middle, positive.end());
  return *middle;
}

}  // namespace

Standard standard_of(const HeadData& data, const Vector& weights) {
  Spread spread = spread_of(data.features, weights);
  Standard standard{std::move(spread.mean), Vector::Zero(spread.variance.size())};
  int64_t first = 0;
  for (const FeatureGroup& group : groups_of(data)) {
    const Vector variances = spread.variance.segment(first, group.columns);
    const double floor = floor_share * median_of(variances);
    double norm = 0;  // the mean of ‖z‖² of the group
    for (int64_t j = 0; j < group.columns; ++j) {
      if (variances[j] > 0) norm += variances[j] / (variances[j] + floor);
    }
    for (int64_t j = 0; j < group.columns; ++j) {
      if (variances[j] > 0)
        standard.factor[first + j] = group.weight / std::sqrt((variances[j] + floor) * norm);
    }
    first += group.columns;
  }
  return standard;
}

std::vector<FeatureGroup> groups_of(const HeadData& data) {
  if (!data.groups.empty()) return data.groups;
  return {{.columns = data.columns()}};
}

Vector row_weights(const HeadData& data) {
  const std::vector<double> weights = image_weights(data);
  const auto images = static_cast<Eigen::Index>(weights.size());
  const Vector of_image = Eigen::Map<const Vector>(weights.data(), images);
  return of_image.replicate(data.views, 1) / static_cast<double>(data.views);
}

}  // namespace thaw::algebra
