#include "thaw/core/any_number.h"

#include <cmath>
#include <limits>

#include "thaw/core/error.h"

namespace thaw {

AnyNumber AnyNumber::from_config(const Config& config) {
  if (!config.is_string()) return {config.as_number()};
  const std::string& word = config.as_string();
  if (word == "nan") return {std::numeric_limits<double>::quiet_NaN()};
  if (word == "inf") return {std::numeric_limits<double>::infinity()};
  if (word == "-inf") return {-std::numeric_limits<double>::infinity()};
  throw Error("expected a number, nan, inf or -inf, received " + word);
}

Config AnyNumber::to_config() const {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

}  // namespace thaw
