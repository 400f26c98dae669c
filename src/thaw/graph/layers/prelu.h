#pragma once

#include <optional>
#include <vector>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// y = x where x ≥ 0; alpha·x below, with an alpha for each of a sample's numbers (He et al. 2015).
/// The axes in shared_axes (1 is the first after the batch) have one for all.
struct PReLU {
  Initializer alpha_initializer = "zeros";
  std::optional<std::vector<int64_t>> shared_axes = {};
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("alpha_initializer", alpha_initializer);
    visit("shared_axes", shared_axes);
  }
  Shape output_shape(const Shape& x) const;
  std::vector<WeightSpec> weights(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

}  // namespace layers

Layer prelu(layers::PReLU attributes = {});

}  // namespace thaw
