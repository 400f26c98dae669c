#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/core/error.h"
#include "thaw/core/fields.h"
#include "thaw/ops/range.h"

namespace thaw::layers {

/// How much a random layer may change: one number, for as much to either side, or the lowest and
/// the highest.
struct Factor {
  std::vector<float> numbers = {0.0F};

  Factor() = default;
  Factor(float number) : numbers({number}) {}
  Factor(float low, float high) : numbers({low, high}) {}
};

inline void read(const Config& config, Factor& field) {
  fields::read(config, field.numbers);
  const bool is_number = config.is_number() && field.numbers.size() == 1;
  if (!is_number && field.numbers.size() != 2)
    throw Error("expected a number or two, received " + config.to_string());
}

inline Config write(const Factor& field) {
  return field.numbers.size() == 1 ? fields::write(field.numbers[0]) : fields::write(field.numbers);
}

/// The range that Keras makes of a factor: ±number, but not below `lowest`, or the two in order.
/// Throws Error for numbers beyond lowest and highest.
inline ops::Range range_of(const Factor& factor, float lowest, float highest) {
  for (const float number : factor.numbers) {
    if (number >= lowest && number <= highest) continue;
    throw Error("expected a factor from " + std::to_string(lowest) + " to " +
                std::to_string(highest) + ", received " + std::to_string(number));
  }
  if (factor.numbers.size() == 1) {
    const float number = std::abs(factor.numbers[0]);
    return {std::max(-number, lowest), number};
  }
  const auto [low, high] = std::minmax(factor.numbers.at(0), factor.numbers.at(1));
  return {low, high};
}

/// The two numbers of a value_range in order; throws Error for anything else.
inline ops::Range limits_of(const std::vector<float>& value_range) {
  if (value_range.size() != 2 || !std::isfinite(value_range[0]) || !std::isfinite(value_range[1]))
    throw Error("expected a value_range of two numbers, received " +
                std::to_string(value_range.size()));
  return {std::min(value_range[0], value_range[1]), std::max(value_range[0], value_range[1])};
}

}  // namespace thaw::layers
