#include "thaw/runtime/cpu/numerics/distributions.h"

#include <algorithm>
#include <cmath>

namespace thaw::cpu {
namespace {

/// Above 0 and up to 1, so that it has a logarithm.
double positive(Random& random) { return 1.0 - double{random.uniform()}; }

}  // namespace

double log_gamma_number(Random& random, double shape) {
  if (shape < 1) {
    const double larger = log_gamma_number(random, shape + 1);
    return larger + std::log(positive(random)) / shape;
  }
  const double d = shape - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = double{random.normal()};
    const double root = 1.0 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    if (std::log(positive(random)) < 0.5 * x * x + d - d * v + d * std::log(v))
      return std::log(d) + std::log(v);
  }
}

float beta_number(Random& random, float alpha) {
  const double a = log_gamma_number(random, double{alpha});
  const double b = log_gamma_number(random, double{alpha});
  return static_cast<float>(1.0 / (1.0 + std::exp(b - a)));
}

std::vector<float> dirichlet_numbers(Random& random, int64_t count, float alpha) {
  std::vector<double> logs;
  for (int64_t i = 0; i < count; ++i) logs.push_back(log_gamma_number(random, double{alpha}));
  const double largest = *std::ranges::max_element(logs);
  double sum = 0;
  for (double& number : logs) sum += (number = std::exp(number - largest));
  std::vector<float> result;
  result.reserve(logs.size());
  for (const double number : logs) result.push_back(static_cast<float>(number / sum));
  return result;
}

}  // namespace thaw::cpu
