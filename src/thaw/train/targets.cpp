#include "thaw/train/targets.h"

#include <algorithm>

namespace thaw {
namespace {

/// Empty where all are 1.
std::vector<double> weights_of(const Dataset& data) {
  std::vector<double> weights;
  for (int64_t i = 0; i < data.size(); ++i) weights.push_back(data.weight(i));
  if (std::ranges::all_of(weights, [](double weight) { return weight == 1; })) weights.clear();
  return weights;
}

}  // namespace

Targets make_targets(const Dataset& data, const LossType& loss, int64_t columns,
                     const std::map<int64_t, double>& class_weight) {
  Targets result;
  const Shape explicit_shape = data.target_shape();
  const bool has_targets = explicit_shape.rank() > 0;
  const bool numbers = loss.sparse_targets || columns == 1;
  const int64_t width = has_targets ? explicit_shape.elements() : numbers ? 1 : columns;
  result.values = Tensor::zeros({data.size(), width});
  const std::vector<double> own = weights_of(data);
  if (!class_weight.empty() || !own.empty())
    result.weights.assign(static_cast<size_t>(data.size()), 1.0F);
  for (int64_t i = 0; i < data.size(); ++i) {
    Tensor row = result.values.rows(i, 1);
    int64_t label = 0;
    if (has_targets) {
      data.target(i, row.values());
      const auto values = row.values();
      label = width == 1 ? static_cast<int64_t>(values[0])
                         : std::ranges::max_element(values) - values.begin();
    } else {
      label = data.label(i);
      const int64_t classes = columns == 1 ? 2 : columns;
      if (label < 0 || label >= classes) {
        throw Error("expected class numbers from 0 to " + std::to_string(classes - 1) +
                    ", as many as the model's outputs tell apart, received " +
                    std::to_string(label));
      }
      row.values()[numbers ? 0 : static_cast<size_t>(label)] =
          numbers ? static_cast<float>(label) : 1.0F;
    }
    if (result.weights.empty()) continue;
    const auto found = class_weight.find(label);
    const double of_class = found == class_weight.end() ? 1 : found->second;
    const double of_sample = own.empty() ? 1 : own[static_cast<size_t>(i)];
    result.weights[static_cast<size_t>(i)] = static_cast<float>(of_class * of_sample);
  }
  return result;
}

}  // namespace thaw
