#include "thaw/heads/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "thaw/core/error.h"

namespace thaw {
namespace {

constexpr double least_temperature = 1e-3;
constexpr double most_temperature = 1e3;

void check_rows(const Tensor& rows, std::span<const int64_t> labels,
                std::span<const double> weights) {
  const auto images = static_cast<int64_t>(labels.size());
  if (rows.shape().rank() != 2 || rows.shape()[0] != images || rows.shape()[1] < 1 || images == 0)
    throw Error(fmt::format("expected a row of numbers for each of {} images, received {}", images,
                            rows.shape().to_string()));
  for (const int64_t label : labels) {
    if (label < 0 || label >= rows.shape()[1])
      throw Error(
          fmt::format("expected labels from 0 to {}, received {}", rows.shape()[1] - 1, label));
  }
  if (!weights.empty() && weights.size() != labels.size())
    throw Error(fmt::format("expected {} weights, received {}", images, weights.size()));
  if (!weights.empty() && !(std::accumulate(weights.begin(), weights.end(), 0.0) > 0))
    throw Error("expected weights above 0, received none");
}

double weight_at(std::span<const double> weights, size_t i) {
  return weights.empty() ? 1 : weights[i];
}

std::span<const float> row_of(const Tensor& rows, size_t i) {
  const auto columns = static_cast<size_t>(rows.shape()[1]);
  return rows.values().subspan(i * columns, columns);
}

/// The negative log likelihood as a function of u = 1/T, which is convex in it: value, first and
/// second derivative.
struct Likelihood {
  double value = 0;
  double slope = 0;
  double curvature = 0;
};

Likelihood likelihood_at(const Tensor& logits, std::span<const int64_t> labels,
                         std::span<const double> weights, double u) {
  Likelihood result;
  double all = 0;
  for (size_t i = 0; i < labels.size(); ++i) {
    const double weight = weight_at(weights, i);
    if (weight == 0) continue;
    const auto row = row_of(logits, i);
    const double top = *std::ranges::max_element(row);
    double sum = 0;
    double first = 0;
    double second = 0;
    for (const float logit : row) {
      const double over = logit - top;
      const double power = std::exp(u * over);
      sum += power;
      first += power * over;
      second += power * over * over;
    }
    const double mean = first / sum;
    const double own = row[static_cast<size_t>(labels[i])] - top;
    result.value += weight * (std::log(sum) - u * own);
    result.slope += weight * (mean - own);
    result.curvature += weight * (second / sum - mean * mean);
    all += weight;
  }
  return {result.value / all, result.slope / all, result.curvature / all};
}

/// The mean of each row's largest probability.
double mean_confidence(const Tensor& logits, std::span<const double> weights, double temperature) {
  double confidence = 0;
  double all = 0;
  for (size_t i = 0; i < static_cast<size_t>(logits.shape()[0]); ++i) {
    const auto row = row_of(logits, i);
    const double top = *std::ranges::max_element(row);
    double sum = 0;
    for (const float logit : row) sum += std::exp((logit - top) / temperature);
    confidence += weight_at(weights, i) / sum;
    all += weight_at(weights, i);
  }
  return confidence / all;
}

}  // namespace

double negative_log_likelihood(const Tensor& logits, std::span<const int64_t> labels,
                               std::span<const double> weights, double temperature) {
  check_rows(logits, labels, weights);
  return likelihood_at(logits, labels, weights, 1 / temperature).value;
}

double fit_temperature(const Tensor& logits, std::span<const int64_t> labels,
                       std::span<const double> weights) {
  check_rows(logits, labels, weights);
  // The root of a rising slope between `low` and `high`: Newton's steps, halved in the logarithm
  // where they would leave it.
  double low = 1 / most_temperature;
  double high = 1 / least_temperature;
  if (likelihood_at(logits, labels, weights, low).slope >= 0) return most_temperature;
  if (likelihood_at(logits, labels, weights, high).slope <= 0) return least_temperature;
  double u = 1;
  for (int step = 0; step < 200 && high > low * (1 + 1e-12); ++step) {
    const Likelihood here = likelihood_at(logits, labels, weights, u);
    (here.slope > 0 ? high : low) = u;
    double next = here.curvature > 0 ? u - here.slope / here.curvature : 0;
    if (!(next > low && next < high)) next = std::sqrt(low * high);
    const bool is_near = std::abs(next - u) <= 1e-10 * u;
    u = next;
    if (is_near) break;
  }
  return 1 / u;
}

double cautious_temperature(const Tensor& logits, std::span<const int64_t> labels,
                            std::span<const double> weights) {
  const double fitted = fit_temperature(logits, labels, weights);
  const double count = weights.empty() ? static_cast<double>(labels.size())
                                       : std::accumulate(weights.begin(), weights.end(), 0.0);
  const double most = (count + 0.5) / (count + 1);
  if (mean_confidence(logits, weights, fitted) <= most) return fitted;
  // It falls as the temperature rises.
  double low = fitted;
  double high = most_temperature;
  while (high > low * (1 + 1e-9)) {
    const double middle = std::sqrt(low * high);
    (mean_confidence(logits, weights, middle) > most ? low : high) = middle;
  }
  return high;
}

double accuracy_of(const Tensor& logits, std::span<const int64_t> labels,
                   std::span<const double> weights) {
  check_rows(logits, labels, weights);
  double right = 0;
  double all = 0;
  for (size_t i = 0; i < labels.size(); ++i) {
    const auto row = row_of(logits, i);
    const auto said = std::ranges::max_element(row) - row.begin();
    if (said == labels[i]) right += weight_at(weights, i);
    all += weight_at(weights, i);
  }
  return right / all;
}

double expected_calibration_error(const Tensor& probabilities, std::span<const int64_t> labels,
                                  int bins) {
  check_rows(probabilities, labels, {});
  if (bins < 1) throw UsageError(fmt::format("bins: expected at least 1, received {}", bins));
  std::vector<double> gap(static_cast<size_t>(bins), 0);
  for (size_t i = 0; i < labels.size(); ++i) {
    const auto row = row_of(probabilities, i);
    const auto most = std::ranges::max_element(row);
    const double confidence = *most;
    const double bin = std::clamp(std::ceil(confidence * bins) - 1, 0.0, bins - 1.0);
    const double right = most - row.begin() == labels[i] ? 1 : 0;
    gap[static_cast<size_t>(bin)] += right - confidence;
  }
  double sum = 0;
  for (const double g : gap) sum += std::abs(g);
  return sum / static_cast<double>(labels.size());
}

Tensor softmax_of(const Tensor& logits, double temperature) {
  if (logits.shape().rank() != 2)
    throw Error(fmt::format("expected rows of logits, received {}", logits.shape().to_string()));
  Tensor result(logits.shape());
  const auto columns = static_cast<size_t>(logits.shape()[1]);
  for (size_t i = 0; i < static_cast<size_t>(logits.shape()[0]); ++i) {
    const auto row = row_of(logits, i);
    const double top = *std::ranges::max_element(row);
    double sum = 0;
    for (const float logit : row) sum += std::exp((logit - top) / temperature);
    for (size_t k = 0; k < columns; ++k)
      result.values()[i * columns + k] =
          static_cast<float>(std::exp((row[k] - top) / temperature) / sum);
  }
  return result;
}

}  // namespace thaw
