#pragma once

#include <optional>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// In fit turns every other image over, "horizontal" (left to right), "vertical" or
/// "horizontal_and_vertical" (both at once, as in Keras 3); otherwise y = x. `seed` is only kept:
/// numbers come from the fit's.
struct RandomFlip {
  std::string mode = "horizontal_and_vertical";
  std::optional<int64_t> seed = {};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("mode", mode);
    visit("seed", seed);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer random_flip(layers::RandomFlip attributes = {});

}  // namespace thaw
