#include "thaw/graph/layer_support/factor.h"

#include <algorithm>
#include <cmath>

#include "thaw/core/error.h"
#include "thaw/core/fields.h"
#include "thaw/ops/range.h"

namespace thaw::layers {

Factor Factor::from_config(const Config& config) {
  Factor factor;
  fields::read(config, factor.numbers);
  const bool is_number = config.is_number() && factor.numbers.size() == 1;
  if (!is_number && factor.numbers.size() != 2)
    throw Error("expected a number or two, received " + config.to_string());
  return factor;
}

Config Factor::to_config() const {
  return numbers.size() == 1 ? fields::write(numbers[0]) : fields::write(numbers);
}

ops::Range range_of(const Factor& factor, float lowest, float highest) {
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

ops::Range drawn_range_of(const Factor& factor, float lowest, float highest) {
  if (factor.numbers.size() == 1) return range_of(factor, lowest, highest);
  const auto [low, high] = std::minmax(factor.numbers.at(0), factor.numbers.at(1));
  if (std::isfinite(low) && std::isfinite(high) && low <= highest && high >= lowest)
    return {low, high};
  throw Error("expected a factor from " + std::to_string(lowest) + " to " +
              std::to_string(highest) + ", received " + std::to_string(low) + " and " +
              std::to_string(high));
}

ops::Range limits_of(const std::vector<float>& value_range) {
  if (value_range.size() != 2 || !std::isfinite(value_range[0]) || !std::isfinite(value_range[1]))
    throw Error("expected a value_range of two numbers, received " +
                std::to_string(value_range.size()));
  return {std::min(value_range[0], value_range[1]), std::max(value_range[0], value_range[1])};
}

}  // namespace thaw::layers
