#pragma once

#include <optional>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// In fit y = x + n for normal numbers n of deviation stddev; otherwise y = x. `seed` is only kept.
struct GaussianNoise {
  float stddev = 0.0F;
  std::optional<int64_t> seed = {};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("stddev", stddev);
    visit("seed", seed);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer gaussian_noise(layers::GaussianNoise attributes = {});

}  // namespace thaw
