#include "thaw/heads/head_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "thaw/core/error.h"

namespace thaw {
namespace {

void check_groups(const HeadData& data) {
  int64_t sum = 0;
  for (const FeatureGroup& group : data.groups) {
    if (group.columns <= 0 || !std::isfinite(group.weight) || group.weight < 0)
      throw Error(fmt::format(
          "groups of features: expected columns above 0 and a weight of at least 0, received {} "
          "columns of weight {}",
          group.columns, group.weight));
    sum += group.columns;
  }
  if (!data.groups.empty() && sum != data.columns())
    throw Error(fmt::format("groups of features: expected {} columns in all, received {}",
                            data.columns(), sum));
}

void check_features(const HeadData& data) {
  const Shape& shape = data.features.shape();
  if (data.views < 1)
    throw Error(fmt::format("views: expected at least 1, received {}", data.views));
  if (shape.rank() != 2 || shape[0] != data.views * data.images() || shape[1] < 1)
    throw Error(fmt::format("features: expected ({}, columns), {} of an image, received {}",
                            data.views * data.images(), data.views == 1 ? "one row" : "all views",
                            shape.to_string()));
  const auto values = data.features.values();
  const auto bad = std::ranges::find_if(values, [](float x) { return !std::isfinite(x); });
  if (bad == values.end()) return;
  const int64_t at = bad - values.begin();
  throw Error(fmt::format(
      "features: expected finite numbers, received {} for image {}, column {}: the network that "
      "made them overflows, or its weights are damaged",
      *bad, at / shape[1] % data.images(), at % shape[1]));
}

void check_labels(const HeadData& data) {
  if (data.classes < 2)
    throw Error(fmt::format("classes: expected at least 2, received {}", data.classes));
  if (data.labels.empty()) throw Error("images: expected at least one, received none");
  for (size_t i = 0; i < data.labels.size(); ++i) {
    if (data.labels[i] < 0 || data.labels[i] >= data.classes)
      throw Error(fmt::format("label of image {}: expected 0 to {}, received {}", i,
                              data.classes - 1, data.labels[i]));
  }
}

void check_weights(const HeadData& data) {
  if (data.weights.empty()) return;
  if (data.weights.size() != data.labels.size())
    throw Error(fmt::format("weights of images: expected {}, received {}", data.images(),
                            data.weights.size()));
  for (size_t i = 0; i < data.weights.size(); ++i) {
    if (!std::isfinite(data.weights[i]) || data.weights[i] < 0)
      throw Error(
          fmt::format("weight of image {}: expected a finite number of at least 0, "
                      "received {}",
                      i, data.weights[i]));
  }
  if (std::ranges::all_of(data.weights, [](double weight) { return weight == 0; }))
    throw Error("weights of images: expected one above 0, received none");
}

void check_folds(const HeadData& data) {
  if (data.folds.empty()) return;
  if (data.folds.size() != data.labels.size())
    throw Error(fmt::format("folds: expected one for each of {} images, received {}", data.images(),
                            data.folds.size()));
  const auto [least, most] = std::ranges::minmax(data.folds);
  if (least < 0 || least == most)
    throw Error(
        fmt::format("folds: expected numbers from 0 on, at least two different ones, "
                    "received {} to {}",
                    least, most));
}

}  // namespace

void check_head_data(const HeadData& data) {
  check_labels(data);
  check_features(data);
  check_groups(data);
  check_weights(data);
  check_folds(data);
}

void check_penalties(std::span<const double> penalties) {
  for (const double penalty : penalties) {
    if (!std::isfinite(penalty) || penalty <= 0)
      throw UsageError(
          fmt::format("penalty: expected a finite number above 0, received {}", penalty));
  }
}

HeadData rows_of(const HeadData& data, std::span<const int64_t> rows) {
  const int64_t columns = data.columns();
  HeadData result = data;
  result.features = Tensor({data.views * static_cast<int64_t>(rows.size()), columns});
  result.labels.clear();
  result.weights.clear();
  result.folds.clear();
  for (const int64_t row : rows) {
    if (row < 0 || row >= data.images())
      throw UsageError(fmt::format("rows: expected 0 to {}, received {}", data.images() - 1, row));
    const auto i = static_cast<size_t>(row);
    result.labels.push_back(data.labels[i]);
    if (!data.weights.empty()) result.weights.push_back(data.weights[i]);
    if (!data.folds.empty()) result.folds.push_back(data.folds[i]);
  }
  float* to = result.features.data();
  for (int64_t view = 0; view < data.views; ++view) {
    for (const int64_t row : rows) {
      const float* from = data.features.data() + (view * data.images() + row) * columns;
      to = std::copy_n(from, columns, to);
    }
  }
  return result;
}

std::vector<double> image_weights(const HeadData& data) {
  std::vector<double> weights = data.weights;
  if (weights.empty()) weights.assign(data.labels.size(), 1);
  if (!data.balanced) return weights;
  std::vector<double> of_class(static_cast<size_t>(data.classes), 0);
  for (size_t i = 0; i < weights.size(); ++i)
    of_class[static_cast<size_t>(data.labels[i])] += weights[i];
  const double all = std::accumulate(of_class.begin(), of_class.end(), 0.0);
  const auto present =
      static_cast<double>(std::ranges::count_if(of_class, [](double n) { return n > 0; }));
  for (size_t i = 0; i < weights.size(); ++i) {
    const double own = of_class[static_cast<size_t>(data.labels[i])];
    if (own > 0) weights[i] *= all / (present * own);
  }
  return weights;
}

}  // namespace thaw
