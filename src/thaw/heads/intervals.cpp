#include "thaw/heads/intervals.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>

#include "thaw/core/error.h"

namespace thaw {
namespace {

void check_confidence(double confidence) {
  if (!(confidence > 0 && confidence < 1))
    throw UsageError(
        fmt::format("confidence: expected a number between 0 and 1, received {}", confidence));
}

double polynomial(std::span<const double> coefficients, double x) {
  double sum = 0;
  for (const double c : coefficients) sum = sum * x + c;
  return sum;
}

/// Acklam's approximation, to 1.15·10⁻⁹ relative.
double approximate_quantile(double p) {
  static constexpr std::array a = {-3.969683028665376e+01, 2.209460984245205e+02,
                                   -2.759285104469687e+02, 1.383577518672690e+02,
                                   -3.066479806614716e+01, 2.506628277459239e+00};
  static constexpr std::array b = {-5.447609879822406e+01, 1.615858368580409e+02,
                                   -1.556989798598866e+02, 6.680131188771972e+01,
                                   -1.328068155288572e+01, 1.0};
  static constexpr std::array c = {-7.784894002430293e-03, -3.223964580411365e-01,
                                   -2.400758277161838e+00, -2.549732539343734e+00,
                                   4.374664141464968e+00,  2.938163982698783e+00};
  static constexpr std::array d = {7.784695709041462e-03, 3.224671290700398e-01,
                                   2.445134137142996e+00, 3.754408661907416e+00, 1.0};
  constexpr double tail = 0.02425;
  if (p > 1 - tail) return -approximate_quantile(1 - p);
  if (p < tail) {
    const double q = std::sqrt(-2 * std::log(p));
    return polynomial(c, q) / polynomial(d, q);
  }
  const double q = p - 0.5;
  return polynomial(a, q * q) * q / polynomial(b, q * q);
}

/// P(X ≤ k) for the number of heads in n throws of a fair coin.
double fair_coin_at_most(int64_t k, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i <= k; ++i) {
    const double log_ways = std::lgamma(static_cast<double>(n + 1)) -
                            std::lgamma(static_cast<double>(i + 1)) -
                            std::lgamma(static_cast<double>(n - i + 1));
    sum += std::exp(log_ways - static_cast<double>(n) * std::numbers::ln2);
  }
  return sum;
}

}  // namespace

double normal_quantile(double p) {
  const double x = approximate_quantile(p);
  // The tail of the nearer side, so that nothing cancels.
  const double error = p < 0.5 ? std::erfc(-x / std::numbers::sqrt2) / 2 - p
                               : (1 - p) - std::erfc(x / std::numbers::sqrt2) / 2;
  const double u = error * std::sqrt(2 * std::numbers::pi) * std::exp(x * x / 2);
  return x - u / (1 + x * u / 2);
}

Interval wilson_interval(int64_t right, int64_t count, double confidence) {
  check_confidence(confidence);
  if (count <= 0 || right < 0 || right > count)
    throw UsageError(fmt::format("expected 0 to {} right of {}, received {}", count, count, right));
  const double z = normal_quantile(0.5 + confidence / 2);
  const auto n = static_cast<double>(count);
  const double p = static_cast<double>(right) / n;
  const double middle = p + z * z / (2 * n);
  const double reach = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const double whole = 1 + z * z / n;
  return {.low = right == 0 ? 0 : std::max(0.0, (middle - reach) / whole),
          .high = right == count ? 1 : std::min(1.0, (middle + reach) / whole)};
}

PairedDifference paired_difference(const std::vector<bool>& first, const std::vector<bool>& second,
                                   double confidence) {
  check_confidence(confidence);
  if (first.size() != second.size() || first.empty())
    throw UsageError(
        fmt::format("expected the same images of both, at least one, received {} and {}",
                    first.size(), second.size()));
  PairedDifference result{.images = static_cast<int64_t>(first.size())};
  for (size_t i = 0; i < first.size(); ++i) {
    if (!first[i] && second[i]) ++result.gained;
    if (first[i] && !second[i]) ++result.lost;
  }
  const auto n = static_cast<double>(result.images);
  const auto gained = static_cast<double>(result.gained);
  const auto lost = static_cast<double>(result.lost);
  result.difference = (gained - lost) / n;
  const double middle = (gained - lost) / (n + 2);
  const double changed = (gained + lost + 1) / (n + 2);
  const double reach = normal_quantile(0.5 + confidence / 2) *
                       std::sqrt(std::max(0.0, changed - middle * middle) / (n + 2));
  result.interval = {.low = std::max(-1.0, middle - reach), .high = std::min(1.0, middle + reach)};
  const int64_t changes = result.gained + result.lost;
  if (changes > 0)
    result.p_value =
        std::min(1.0, 2 * fair_coin_at_most(std::min(result.gained, result.lost), changes));
  return result;
}

}  // namespace thaw
