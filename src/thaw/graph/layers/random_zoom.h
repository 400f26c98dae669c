#pragma once

#include <optional>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_support/factor.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// In fit shows each image at 1 + a number drawn from height_factor, and width_factor (none: the
/// same), of its size: below 0 enlarges; otherwise y = x. fill_mode: reflect, wrap, constant
/// (fill_value), nearest. `seed` is only kept.
struct RandomZoom {
  Factor height_factor = {};
  std::optional<Factor> width_factor = {};
  std::string fill_mode = "reflect";
  std::string interpolation = "bilinear";
  std::optional<int64_t> seed = {};
  float fill_value = 0.0F;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("height_factor", height_factor);
    visit("width_factor", width_factor);
    visit("fill_mode", fill_mode);
    visit("interpolation", interpolation);
    visit("seed", seed);
    visit("fill_value", fill_value);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer random_zoom(layers::RandomZoom attributes = {});

}  // namespace thaw
