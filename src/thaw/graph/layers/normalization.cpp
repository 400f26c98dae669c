#include "thaw/graph/layers/normalization.h"

#include <algorithm>
#include <cmath>

#include "thaw/core/config.h"
#include "thaw/core/tensor.h"
#include "thaw/core/variable.h"
#include "thaw/graph/describe.h"
#include "thaw/graph/layer_support/axes.h"

namespace thaw {
namespace layers {
namespace {

void collect(const Config& config, size_t depth, NumberArray& array) {
  if (!config.is_list()) {
    if (depth != array.sizes.size())
      throw Error("expected numbers in lists of one depth, received lists of several");
    array.values.push_back(static_cast<float>(config.as_number()));
    return;
  }
  const auto& list = config.as_list();
  const auto size = static_cast<int64_t>(list.size());
  if (depth == array.sizes.size() && array.values.empty()) array.sizes.push_back(size);
  if (list.empty() || depth >= array.sizes.size() || array.sizes[depth] != size)
    throw Error("expected numbers in lists of equal lengths");
  for (const Config& item : list) collect(item, depth + 1, array);
}

Config nested(const NumberArray& array, size_t depth, size_t& at) {
  if (depth == array.sizes.size()) return static_cast<double>(array.values[at++]);
  Config result(Config::List{});
  for (int64_t i = 0; i < array.sizes[depth]; ++i) result.append(nested(array, depth + 1, at));
  return result;
}

/// The axes after the batch that statistics differ along, in order.
std::vector<int> kept_axes(const Normalization& layer, const Shape& x) {
  std::vector<int> kept;
  for (const int64_t axis : layer.axis.axes) kept.push_back(axis_without_batch(axis, x));
  std::ranges::sort(kept);
  if (std::ranges::adjacent_find(kept) != kept.end()) throw Error("expected each axis once");
  return kept;
}

/// The statistics' own shape, and as sizes of 1 where they do not differ.
Shape statistics_shape(const std::vector<int>& kept, const Shape& x, bool with_ones) {
  std::vector<int64_t> sizes;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const bool differs = std::ranges::find(kept, axis) != kept.end();
    if (differs || with_ones) sizes.push_back(differs ? x[axis] : 1);
  }
  return Shape(std::move(sizes));
}

}  // namespace

NumberArray NumberArray::from_config(const Config& config) {
  NumberArray result;
  collect(config, 0, result);
  return result;
}

AxisList AxisList::from_config(const Config& config) {
  AxisList result{};
  if (config.is_list()) {
    for (const Config& axis : config.as_list()) result.axes.push_back(axis.as_integer());
  } else if (!config.is_null()) {
    result.axes.push_back(config.as_integer());
  }
  return result;
}

Config AxisList::to_config() const {
  if (axes.size() == 1) return axes[0];
  Config result(Config::List{});
  for (const int64_t axis : axes) result.append(axis);
  return result;
}

Config NumberArray::to_config() const {
  size_t at = 0;
  return nested(*this, 0, at);
}

Shape Normalization::output_shape(const Shape& x) const {
  if (x.rank() < 1) throw Error("expected an input with at least one axis");
  const int64_t count = statistics_shape(kept_axes(*this, x), x, false).elements();
  constexpr int64_t most = int64_t{1} << 24;
  if (count > most) throw Error(fmt::format("expected at most 2^24 means, received {}", count));
  if (mean.has_value() != variance.has_value())
    throw Error("expected both mean and variance, or neither");
  for (const auto& numbers : {mean, variance}) {
    if (!numbers || numbers->values.size() == 1 ||
        static_cast<int64_t>(numbers->values.size()) == count)
      continue;
    throw Error(fmt::format("expected 1 or {} numbers of mean and of variance, received {}", count,
                            numbers->values.size()));
  }
  return x;
}

std::vector<WeightSpec> Normalization::weights(const Shape& x) const {
  if (mean) return {};
  const Shape shape = statistics_shape(kept_axes(*this, x), x, false);
  return {{"mean", shape, "zeros", false},
          {"variance", shape, "ones", false},
          {"count", Shape{}, "zeros", false}};
}

ops::Value Normalization::lower(const LowerContext& context, ops::Value x) const {
  const auto numbers = [&](const std::optional<NumberArray>& given, const char* weight) {
    if (given) return given->values;
    const auto values = context.variable(weight)->value().values();
    return std::vector<float>(values.begin(), values.end());
  };
  const auto means = numbers(mean, "mean");
  const auto variances = numbers(variance, "variance");
  const Shape& before = context.ops.shape(x);
  const std::vector<int> kept = kept_axes(*this, before);
  const Shape shape = statistics_shape(kept, before, true);
  const bool is_by_channel = kept.empty() || kept == std::vector<int>{before.rank() - 1};
  const size_t count = is_by_channel ? std::max(means.size(), variances.size())
                                     : static_cast<size_t>(shape.elements());
  std::vector<float> scale;
  std::vector<float> offset;
  for (size_t i = 0; i < count; ++i) {
    const float m = means[std::min(i, means.size() - 1)];
    const float deviation =
        std::max(std::sqrt(variances[std::min(i, variances.size() - 1)]), 1e-7F);
    scale.push_back(invert ? deviation : 1.0F / deviation);
    offset.push_back(invert ? m : -m / deviation);
  }
  if (is_by_channel) return context.ops.scale_shift(x, std::move(scale), std::move(offset));
  const ops::Value scaled =
      context.ops.multiply(x, context.ops.constant(Tensor::from(shape, scale)));
  return context.ops.add(scaled, context.ops.constant(Tensor::from(shape, offset)));
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
