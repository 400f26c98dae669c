#pragma once

namespace thaw::ops {

/// Where a number is drawn from, uniformly.
struct Range {
  float low = 0.0F;
  float high = 0.0F;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("low", low);
    visit("high", high);
  }
  bool operator==(const Range&) const = default;
};

}  // namespace thaw::ops
