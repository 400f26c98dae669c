#pragma once

#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "thaw/graph/layer.h"
#include "thaw/graph/layer_type.h"

namespace thaw {
namespace layers {

/// Numbers as a config nests them: one, a list, or lists of lists of equal lengths.
struct NumberArray {
  std::vector<float> values;
  std::vector<int64_t> sizes;  ///< of each level of lists; empty for one number

  NumberArray() = default;
  NumberArray(std::vector<float> list)
      : values(std::move(list)), sizes({static_cast<int64_t>(values.size())}) {}
  NumberArray(std::initializer_list<float> list) : NumberArray(std::vector<float>(list)) {}
  /// Throws Error for anything else.
  static NumberArray from_config(const Config& config);
  Config to_config() const;
};

/// Axes in Keras's count: −1, [1, 2, 3], or none (null, []). One is written as that number.
struct AxisList {
  std::vector<int64_t> axes;

  AxisList(std::initializer_list<int64_t> list) : axes(list) {}
  static AxisList from_config(const Config& config);
  Config to_config() const;
};

/// y = (x − mean)/max(√variance, 1e-7); inverted: y = x·max(√variance, 1e-7) + mean. `axis` says
/// along which axes these differ: the last alone, as usual, none (one number for all), or several.
/// Mean and variance are given here, or else are weights (mean, variance, count) as adapt() left
/// them.
struct Normalization {
  AxisList axis = {-1};
  std::optional<NumberArray> mean = {};
  std::optional<NumberArray> variance = {};
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
