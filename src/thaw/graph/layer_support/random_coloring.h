#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_support/factor.h"
#include "thaw/graph/layer_type.h"

namespace thaw::layers {

enum class Coloring { brightness, contrast };

/// What RandomBrightness and RandomContrast are: in fit, one number drawn for each image changes
/// its values, which are then held within value_range; otherwise y = x. `seed` is only kept.
template <Coloring what>
struct RandomColoring {
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

}  // namespace thaw::layers
