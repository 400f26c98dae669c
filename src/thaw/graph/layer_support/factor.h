#pragma once

#include <vector>

namespace thaw {
class Config;
}  // namespace thaw
namespace thaw::ops {
struct Range;
}  // namespace thaw::ops

namespace thaw::layers {

/// How much a random layer may change: one number, for as much to either side, or the lowest and
/// the highest.
struct Factor {
  std::vector<float> numbers = {0.0F};

  Factor() = default;
  Factor(float number) : numbers({number}) {}
  Factor(float low, float high) : numbers({low, high}) {}
  /// 0.2, [-0.1, 0.3]; throws Error for anything else.
  static Factor from_config(const Config& config);
  Config to_config() const;
};

/// The range that Keras makes of a factor: ±number, but not below `lowest`, or the two in order.
/// Throws Error for numbers beyond lowest and highest.
ops::Range range_of(const Factor& factor, float lowest, float highest);

/// The same as Keras's newer layers check it: of two numbers in order, only one that leaves no part
/// between lowest and highest is refused.
ops::Range drawn_range_of(const Factor& factor, float lowest, float highest);

/// The two numbers of a value_range in order; throws Error for anything else.
ops::Range limits_of(const std::vector<float>& value_range);

}  // namespace thaw::layers
