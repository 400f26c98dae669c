#pragma once

#include <string>
#include <vector>

#include "thaw/graph/layer_support/factor.h"
#include "thaw/ops/kinds/random_change.h"
#include "thaw/ops/range.h"

namespace thaw::layers {

/// In fit multiplies each image's saturation by f/(1 − f), f drawn from `factor`.
struct RandomSaturation {
  Factor factor = {};
  std::vector<float> value_range = {0.0F, 255.0F};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("factor", factor);
    visit("value_range", value_range);
  }
  ops::RandomChange operation() const {
    return {.kind = ops::RandomChange::Kind::saturation,
            .amount = drawn_range_of(factor, -1, 1),
            .limits = limits_of(value_range)};
  }
};

/// In fit turns each image's hues by half of a number drawn from `factor`, to either side.
struct RandomHue {
  Factor factor = {};
  std::vector<float> value_range = {0.0F, 255.0F};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("factor", factor);
    visit("value_range", value_range);
  }
  ops::RandomChange operation() const {
    return {.kind = ops::RandomChange::Kind::hue,
            .amount = drawn_range_of(factor, 0, 1),
            .limits = limits_of(value_range)};
  }
};

}  // namespace thaw::layers
