#pragma once

#include <optional>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// In fit zeroes each element with probability `rate` and divides the rest by 1 − rate; otherwise y
/// = x. noise_shape (batch axis first, null there): where it says 1, one draw serves the whole
/// axis. Numbers come from the fit's seed; `seed` is only kept.
struct Dropout {
  float rate = 0.5F;
  std::optional<Shape> noise_shape = {};
  std::optional<int64_t> seed = {};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("rate", rate);
    visit("noise_shape", noise_shape);
    visit("seed", seed);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer dropout(layers::Dropout attributes = {});

}  // namespace thaw
