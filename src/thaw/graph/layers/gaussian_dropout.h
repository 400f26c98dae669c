#pragma once

#include <optional>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// In fit y = x·(1 + n) for normal numbers n of deviation √(rate/(1 − rate)); otherwise y = x.
/// `seed` is only kept.
struct GaussianDropout {
  float rate = 0.5F;
  std::optional<int64_t> seed = {};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("rate", rate);
    visit("seed", seed);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer gaussian_dropout(layers::GaussianDropout attributes = {});

}  // namespace thaw
