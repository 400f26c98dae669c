#include "thaw/graph/layers/normalization.h"

#include <algorithm>
#include <cmath>

#include "thaw/core/variable.h"
#include "thaw/graph/describe.h"

namespace thaw {
namespace layers {

Shape Normalization::output_shape(const Shape& x) const {
  if (x.rank() < 1 || (axis != -1 && axis != x.rank())) {
    throw Error(fmt::format("expected the last axis (-1), received axis {} of a batch of {}", axis,
                            x.to_string()));
  }
  if (mean.has_value() != variance.has_value())
    throw Error("expected both mean and variance, or neither");
  for (const auto& numbers : {mean, variance}) {
    if (!numbers || numbers->size() == 1 || static_cast<int64_t>(numbers->size()) == x.last())
      continue;
    throw Error(fmt::format("expected 1 or {} numbers of mean and of variance, received {}",
                            x.last(), numbers->size()));
  }
  return x;
}

std::vector<WeightSpec> Normalization::weights(const Shape& x) const {
  if (mean) return {};
  return {{"mean", {x.last()}, "zeros", false},
          {"variance", {x.last()}, "ones", false},
          {"count", Shape{}, "zeros", false}};
}

ops::Value Normalization::lower(const LowerContext& context, ops::Value x) const {
  const auto numbers = [&](const std::optional<std::vector<float>>& given, const char* weight) {
    if (given) return *given;
    const auto values = context.variable(weight)->value().values();
    return std::vector<float>(values.begin(), values.end());
  };
  const auto means = numbers(mean, "mean");
  const auto variances = numbers(variance, "variance");
  std::vector<float> scale;
  std::vector<float> offset;
  for (size_t i = 0; i < std::max(means.size(), variances.size()); ++i) {
    const float m = means[std::min(i, means.size() - 1)];
    const float deviation =
        std::max(std::sqrt(variances[std::min(i, variances.size() - 1)]), 1e-7F);
    scale.push_back(invert ? deviation : 1.0F / deviation);
    offset.push_back(invert ? m : -m / deviation);
  }
  return context.ops.scale_shift(x, std::move(scale), std::move(offset));
}

}  // namespace layers

namespace layer_types {
extern const LayerType normalization;
constinit const LayerType normalization{"Normalization",
                                        &read_definition<layers::Normalization, normalization>};
}  // namespace layer_types

Layer normalization(layers::Normalization attributes) {
  return make_layer(layer_types::normalization, std::move(attributes));
}

}  // namespace thaw
