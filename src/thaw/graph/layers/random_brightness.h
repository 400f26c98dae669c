#pragma once

#include <optional>
#include <vector>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"
#include "thaw/graph/layers/factor.h"

namespace thaw {
namespace layers {

/// In fit adds to each image a part, drawn from `factor`, of value_range's width, and holds it
/// within value_range; otherwise y = x. `seed` is only kept.
struct RandomBrightness {
  Factor factor = {};
  std::vector<float> value_range = {0.0F, 255.0F};
  std::optional<int64_t> seed = {};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("factor", factor);
    visit("value_range", value_range);
    visit("seed", seed);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer random_brightness(layers::RandomBrightness attributes = {});

}  // namespace thaw
