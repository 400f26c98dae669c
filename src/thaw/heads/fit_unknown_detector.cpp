#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "thaw/core/error.h"
#include "thaw/heads/algebra/class_spread.h"
#include "thaw/heads/algebra/unknown_features.h"
#include "thaw/heads/ridge.h"
#include "thaw/heads/unknown_detector.h"

namespace thaw {
namespace {

using algebra::ClassSpread;
using algebra::Matrix;
using algebra::Vector;

// Chosen on features of MobileNetV2 and EfficientNet-Lite0 of images of waste and of hands, some of
// whose classes were known (docs/none_of_these.md); flat about these.
constexpr double shrinkage = 0.6;
constexpr int64_t most_directions = 64;
constexpr double say_of_margin = 0.7;  ///< in deviations of the distance's logarithm

constexpr double usual_margins = 0.75;  ///< the share of images kept out whose margins are not cut

constexpr int64_t most_images = 3000;
constexpr int64_t most_numbers = int64_t{1} << 19;  ///< of means, directions and head: 2 MB
constexpr int64_t least_directions = 8;
constexpr int64_t images_a_direction = 4;
constexpr double least_distance = 1e-6;

/// Images for which some are fitted to, and what each gets from what the others gave.
struct KeptOut {
  std::vector<double> distances;  ///< their logarithms
  std::vector<double> margins;
};

struct Spread {
  double mean = 0;
  double deviation = 0;
};

Spread spread_of(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / n)};
}

/// All of them as they are, without further views, or every n-th of each class.
HeadData few_enough(const HeadData& data) {
  const double share =
      std::min(1.0, static_cast<double>(most_images) / static_cast<double>(data.images()));
  std::vector<int64_t> rows;
  std::vector<int64_t> of_class(static_cast<size_t>(data.classes), 0);
  for (int64_t i = 0; i < data.images(); ++i) {
    const auto before =
        static_cast<double>(of_class[static_cast<size_t>(data.labels[static_cast<size_t>(i)])]++);
    if (std::ceil(before * share) < std::ceil((before + 1) * share)) rows.push_back(i);
  }
  return rows_of({.features = data.features.rows(0, data.images()),
                  .groups = data.groups,
                  .labels = data.labels,
                  .classes = data.classes,
                  .weights = data.weights,
                  .folds = data.folds,
                  .balanced = data.balanced},
                 rows);
}

/// The data with u in place of the features.
HeadData with_unknown_features(HeadData data) {
  if (data.groups.empty()) data.groups = {{.columns = data.columns()}};
  Tensor features({data.images(), data.columns()});
  float* to = features.data();
  for (int64_t i = 0; i < data.images(); ++i) {
    const auto row = data.features.rows(i, 1);
    for (const double value : algebra::unknown_features(row.values(), data.groups))
      *to++ = static_cast<float>(value);
  }
  data.features = std::move(features);
  return data;
}

std::vector<double> weights_of(const HeadData& data) {
  return data.weights.empty() ? std::vector<double>(data.labels.size(), 1) : data.weights;
}

/// What each image gets from what was fitted to the images of other folds; an image that counts
/// for the threshold is of some weight, and its class has images in other folds.
KeptOut kept_out(const HeadData& u, const Matrix& products, double penalty,
                 const algebra::SpreadOptions& options) {
  KeptOut result;
  const std::vector<double> all = weights_of(u);
  const Tensor logits = ridge_out_of_fold(u, penalty);
  for (const int fold : std::set<int>(u.folds.begin(), u.folds.end())) {
    std::vector<double> weights = all;
    std::vector<double> of_class(static_cast<size_t>(u.classes), 0);
    for (size_t i = 0; i < weights.size(); ++i) {
      if (u.folds[i] == fold) weights[i] = 0;
      of_class[static_cast<size_t>(u.labels[i])] += weights[i];
    }
    if (std::ranges::all_of(of_class, [](double weight) { return weight == 0; })) continue;
    const ClassSpread spread(products, u.labels, u.classes, weights, options);
    const Vector nearest = spread.nearest(products);
    for (size_t i = 0; i < weights.size(); ++i) {
      if (u.folds[i] != fold || all[i] == 0 || of_class[static_cast<size_t>(u.labels[i])] == 0)
        continue;
      const auto row = static_cast<int64_t>(i);
      result.distances.push_back(std::log(std::max(nearest(row), least_distance)));
      result.margins.push_back(algebra::margin_of<float>(logits.rows(row, 1).values()));
    }
  }
  if (result.distances.empty())
    throw Error(
        "expected images of a class in at least two folds, received none: more images are needed "
        "before those of none of the classes can be told");
  return result;
}

/// The weights, the offset and the threshold, so that scores of images kept out have mean 0 and
/// deviation 1.
void set_scale(UnknownDetectorParts& parts, const KeptOut& kept) {
  std::vector<double> margins = kept.margins;
  std::ranges::sort(margins);
  parts.most_margin =
      margins[static_cast<size_t>(usual_margins * static_cast<double>(margins.size() - 1))];
  margins = kept.margins;
  for (double& margin : margins) margin = std::min(margin, parts.most_margin);
  const Spread distance = spread_of(kept.distances);
  const Spread margin = spread_of(margins);
  parts.distance_weight = distance.deviation > 0 ? 1 / distance.deviation : 1;
  parts.margin_weight = margin.deviation > 0 ? say_of_margin / margin.deviation : 0;
  std::vector<double> scores(kept.distances.size());
  for (size_t i = 0; i < scores.size(); ++i)
    scores[i] = parts.distance_weight * kept.distances[i] - parts.margin_weight * margins[i];
  const Spread score = spread_of(scores);
  const double scale = score.deviation > 0 ? 1 / score.deviation : 1;
  parts.distance_weight *= scale;
  parts.margin_weight *= scale;
  parts.offset = -score.mean * scale;
  parts.threshold =
      refusing_threshold(std::move(scores), parts.unknown_rate) * scale + parts.offset;
}

}  // namespace

double refusing_threshold(std::vector<double> scores, double unknown_rate) {
  if (scores.empty())
    throw UsageError("threshold: expected scores of images kept out, received none");
  std::ranges::sort(scores);
  const auto n = static_cast<double>(scores.size());
  const double place = std::clamp(std::ceil((1 - unknown_rate) * (n + 1)), 1.0, n);
  return scores[static_cast<size_t>(place) - 1];
}

UnknownDetector fit_unknown_detector(const HeadData& data, double unknown_rate) {
  if (!(unknown_rate > 0 && unknown_rate < 1))
    throw UsageError(fmt::format("unknown rate: expected a share above 0 and below 1, received {}",
                                 unknown_rate));
  check_head_data(data);
  if (data.folds.empty()) throw Error("folds: expected one for each image, received none");
  const HeadData u = with_unknown_features(few_enough(data));
  const int64_t columns = u.columns();
  const algebra::SpreadOptions options{
      .columns = columns,
      .directions = std::min(
          std::clamp(most_numbers / columns - 2 * u.classes, least_directions, most_directions),
          u.images() / images_a_direction),
      .shrinkage = shrinkage};
  const Matrix rows = algebra::matrix_of(u.features);
  Matrix products(rows.rows(), rows.rows());
  products.setZero();
  products.selfadjointView<Eigen::Lower>().rankUpdate(rows);
  products.triangularView<Eigen::StrictlyUpper>() = products.transpose();

  RidgeFit ridge = fit_ridge(u);
  const KeptOut kept = kept_out(u, products, ridge.penalty, options);
  const ClassSpread spread(products, u.labels, u.classes, weights_of(u), options);
  const Vector& variances = spread.variances();
  UnknownDetectorParts parts{
      .groups = u.groups,
      .means = algebra::tensor_of(Matrix(spread.shares().transpose() * rows)),
      .directions = algebra::tensor_of(Matrix(spread.coefficients().transpose() * rows)),
      .variances = std::vector<double>(variances.data(), variances.data() + variances.size()),
      .other_variance = spread.other_variance(),
      .head = std::move(ridge.head),
      .unknown_rate = unknown_rate};
  set_scale(parts, kept);
  return UnknownDetector(std::move(parts));
}

}  // namespace thaw
