#pragma once

#include <optional>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_support/factor.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// In fit turns each image about its centre by a part of a full circle drawn from `factor`;
/// otherwise y = x. fill_mode: reflect, wrap, constant (fill_value), nearest. `seed` is only kept.
struct RandomRotation {
  Factor factor = {};
  std::string fill_mode = "reflect";
  std::string interpolation = "bilinear";
  std::optional<int64_t> seed = {};
  float fill_value = 0.0F;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("factor", factor);
    visit("fill_mode", fill_mode);
    visit("interpolation", interpolation);
    visit("seed", seed);
    visit("fill_value", fill_value);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer random_rotation(layers::RandomRotation attributes = {});

}  // namespace thaw
