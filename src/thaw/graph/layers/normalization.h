#pragma once

#include <optional>
#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// y = (x − mean)/max(√variance, 1e-7) over the last axis; inverted: y = x·max(√variance, 1e-7) +
/// mean. Mean and variance are given here, or else are weights (mean, variance, count) as adapt()
/// left them.
struct Normalization {
  int64_t axis = -1;
  std::optional<std::vector<float>> mean = {};
  std::optional<std::vector<float>> variance = {};
  bool invert = false;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("axis", axis);
    visit("mean", mean);
    visit("variance", variance);
    visit("invert", invert);
  }
  Shape output_shape(const Shape& x) const;
  std::vector<WeightSpec> weights(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer normalization(layers::Normalization attributes = {});

}  // namespace thaw
