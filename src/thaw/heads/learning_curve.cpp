#include "thaw/heads/learning_curve.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "thaw/core/error.h"
#include "thaw/core/random.h"
#include "thaw/heads/algebra/penalty_search.h"
#include "thaw/heads/algebra/weighting.h"

namespace thaw {
namespace {

using algebra::Matrix;
using algebra::Problem;
using algebra::Vector;

/// A share is one part of so many.
constexpr std::array<int64_t, 3> parts = {4, 2, 1};
/// Up to so many images, every part of a share is fitted to, else one of them.
constexpr int64_t few_images = 1000;
constexpr int resamplings = 1000;
constexpr double tail = 0.05;

HeadData weighted(const HeadData& data) {
  HeadData result = data;
  result.groups = algebra::all_groups(data).groups;
  return result;
}

/// The images that count and are in no such fold, class by class, each class in a random order.
std::vector<std::vector<int64_t>> others_by_class(const Problem& problem, int fold, uint64_t seed) {
  std::vector<std::vector<int64_t>> by_class(static_cast<size_t>(problem.classes()));
  for (int other = 0; other < problem.folds(); ++other) {
    if (other == fold) continue;
    for (const int64_t image : problem.images_of_fold(other)) {
      const int64_t label = problem.labels()[static_cast<size_t>(image)];
      if (problem.weights()[image] > 0) by_class[static_cast<size_t>(label)].push_back(image);
    }
  }
  for (size_t label = 0; label < by_class.size(); ++label) {
    Random random(seed, random_stream(static_cast<uint64_t>(fold), label));
    std::vector<int64_t> mixed;
    for (const int64_t place : random.permutation(static_cast<int64_t>(by_class[label].size())))
      mixed.push_back(by_class[label][static_cast<size_t>(place)]);
    by_class[label] = std::move(mixed);
  }
  return by_class;
}

/// Part `part` of `count` of each class, at least one image of it.
std::vector<int64_t> part_of(const std::vector<std::vector<int64_t>>& by_class, int64_t part,
                             int64_t count) {
  std::vector<int64_t> chosen;
  for (const auto& of_class : by_class) {
    const auto size = static_cast<int64_t>(of_class.size());
    if (size == 0) continue;
    const int64_t first = std::min(size * part / count, size - 1);
    const int64_t last = std::max(first + 1, size * (part + 1) / count);
    chosen.insert(chosen.end(), of_class.begin() + first, of_class.begin() + last);
  }
  return chosen;
}

algebra::Fit fit_to(const Problem& problem, const std::vector<int64_t>& images, double penalty) {
  std::vector<int64_t> rows;
  std::vector<int64_t> labels;
  for (int64_t view = 0; view < problem.views(); ++view) {
    for (const int64_t image : images) {
      rows.push_back(view * problem.images() + image);
      labels.push_back(problem.labels()[static_cast<size_t>(image)]);
    }
  }
  return algebra::fit_ridge_to(algebra::some_rows(problem.rows(), rows),
                               algebra::some_rows(problem.weights(), rows), labels,
                               problem.classes(), penalty);
}

/// How often each image was recognized, of the times it was tried.
struct Share {
  double images = 0;
  std::vector<double> recognized;
};

Share try_share(const Problem& problem, int64_t count, double penalty, uint64_t seed) {
  Share share{.recognized = std::vector<double>(static_cast<size_t>(problem.images()), 0)};
  const int64_t draws = problem.images() <= few_images ? count : 1;
  for (int fold = 0; fold < problem.folds(); ++fold) {
    const auto by_class = others_by_class(problem, fold, seed);
    const std::vector<int64_t> kept_out = problem.images_of_fold(fold);
    const Matrix rows = algebra::some_rows(problem.rows(), kept_out);
    for (int64_t draw = 0; draw < draws; ++draw) {
      const std::vector<int64_t> images = part_of(by_class, draw, count);
      share.images +=
          static_cast<double>(images.size()) / static_cast<double>(draws * problem.folds());
      const algebra::Fit fit = count == 1 ? problem.moments_without(fold).fit(penalty)
                                          : fit_to(problem, images, penalty);
      const Matrix logits = fit(rows);
      for (size_t i = 0; i < kept_out.size(); ++i) {
        Eigen::Index said = 0;
        logits.row(static_cast<Eigen::Index>(i)).maxCoeff(&said);
        const auto image = static_cast<size_t>(kept_out[i]);
        if (said == problem.labels()[image])
          share.recognized[image] += 1 / static_cast<double>(draws);
      }
    }
  }
  return share;
}

/// Σw·x / Σw over images drawn.
double mean_of(const std::vector<double>& x, const Vector& weights,
               const std::vector<int64_t>& drawn) {
  double sum = 0;
  double all = 0;
  for (const int64_t i : drawn) {
    sum += weights[i] * x[static_cast<size_t>(i)];
    all += weights[i];
  }
  return sum / all;
}

/// What log(1 − accuracy), a straight line over log(images) from point `first` on, says at twice
/// the images. Half an image more is wrong than was, so that none wrong has a logarithm.
double forecast(const std::vector<CurvePoint>& points, size_t first, double judged) {
  double x_mean = 0;
  double y_mean = 0;
  std::vector<std::pair<double, double>> line;
  for (size_t i = first; i < points.size(); ++i) {
    const double wrong = ((1 - points[i].accuracy) * judged + 0.5) / (judged + 1);
    line.emplace_back(std::log(points[i].images), std::log(wrong));
    x_mean += line.back().first;
    y_mean += line.back().second;
  }
  x_mean /= static_cast<double>(line.size());
  y_mean /= static_cast<double>(line.size());
  double products = 0;
  double squares = 0;
  for (const auto& [x, y] : line) {
    products += (x - x_mean) * (y - y_mean);
    squares += (x - x_mean) * (x - x_mean);
  }
  // More images make nothing worse.
  const double slope = squares > 0 ? std::min(0.0, products / squares) : 0;
  return 1 - (1 - points.back().accuracy) * std::pow(2, slope);
}

void foretell(LearningCurve& curve, const std::vector<Share>& shares, const Vector& weights,
              uint64_t seed) {
  std::vector<int64_t> judged;
  for (int64_t i = 0; i < static_cast<int64_t>(shares.front().recognized.size()); ++i) {
    if (weights[i] > 0) judged.push_back(i);
  }
  const auto count = static_cast<double>(judged.size());
  for (size_t i = 0; i < shares.size(); ++i) {
    CurvePoint& point = curve.points[i];
    point.accuracy = mean_of(shares[i].recognized, weights, judged);
    double sum = 0;
    double all = 0;
    for (const int64_t image : judged) {
      const double apart = shares[i].recognized[static_cast<size_t>(image)] - point.accuracy;
      sum += weights[image] * weights[image] * apart * apart;
      all += weights[image];
    }
    point.standard_error = std::sqrt(sum) / all;
  }
  curve.twice_images = 2 * curve.points.back().images;
  curve.twice_accuracy = forecast(curve.points, 0, count);
  std::vector<double> forecasts;
  for (int sample = 0; sample < resamplings; ++sample) {
    Random random(seed, random_stream(1, static_cast<uint64_t>(sample)));
    std::vector<int64_t> drawn;
    for (size_t i = 0; i < judged.size(); ++i)
      drawn.push_back(judged[random.below(static_cast<uint32_t>(judged.size()))]);
    std::vector<CurvePoint> points = curve.points;
    for (size_t i = 0; i < shares.size(); ++i)
      points[i].accuracy = mean_of(shares[i].recognized, weights, drawn);
    forecasts.push_back(forecast(points, sample % 2 == 0 ? 0 : points.size() - 2, count));
  }
  std::ranges::sort(forecasts);
  const auto place = [&](double share) {
    return forecasts[static_cast<size_t>(share * (resamplings - 1))];
  };
  curve.twice_interval = {.low = std::min(place(tail), curve.twice_accuracy),
                          .high = std::max(place(1 - tail), curve.twice_accuracy)};
}

}  // namespace

LearningCurve learning_curve(const HeadData& data, const LearningCurveOptions& options) {
  if (data.folds.empty())
    throw UsageError(
        "learning curve: expected folds, as stratified_folds() makes them, received "
        "none");
  check_head_data(data);
  const Problem problem(weighted(data));
  const double penalty = algebra::ridge_penalty(problem);
  LearningCurve curve;
  std::vector<Share> shares;
  for (const int64_t count : parts) {
    shares.push_back(try_share(problem, count, penalty, options.seed));
    curve.points.push_back(
        {.share = 1 / static_cast<double>(count), .images = shares.back().images});
  }
  foretell(curve, shares, problem.weights(), options.seed);
  return curve;
}

}  // namespace thaw
