#pragma once

#include <cstdint>
#include <vector>

#include "thaw/core/random.h"

namespace thaw::cpu {

/// ln of a number of Gamma(shape, 1), shape above 0; a logarithm, since those of small shapes are
/// too small for any number. Source: Marsaglia and Tsang 2000, "A simple method for generating
/// gamma variables".
double log_gamma_number(Random& random, double shape);

/// A number of Beta(alpha, alpha), from 0 to 1; alpha above 0.
float beta_number(Random& random, float alpha);

/// `count` numbers of Dirichlet(alpha, …), which sum up to 1; alpha above 0.
std::vector<float> dirichlet_numbers(Random& random, int64_t count, float alpha);

}  // namespace thaw::cpu
