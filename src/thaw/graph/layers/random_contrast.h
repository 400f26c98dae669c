#pragma once

#include <optional>
#include <vector>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"
#include "thaw/graph/layers/factor.h"

namespace thaw {
namespace layers {

/// In fit y = c·(x − mean) + mean with each channel's mean and a c drawn for each image, held
/// within value_range; otherwise y = x. c lies from 1 − low to 1 + high of `factor`; of a single
/// number, from 1 to 1 + number, as in Keras 3. `seed` is only kept.
struct RandomContrast {
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

Layer random_contrast(layers::RandomContrast attributes = {});

}  // namespace thaw
