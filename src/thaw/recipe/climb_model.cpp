#include "thaw/recipe/climb_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thaw/core/error.h"
#include "thaw/core/variable.h"
#include "thaw/graph/blocks.h"
#include "thaw/graph/layer_type.h"
#include "thaw/graph/layers/concatenate.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/graph/layers/rescaling.h"

namespace thaw {
namespace {

Symbol pooled(const Symbol& value, const std::string& name) {
  if (value.shape().rank() == 3) return global_average_pooling_2d({.name = name})(value);
  if (value.shape().rank() != 2) return value;
  const Layer layer(layer_types::find("GlobalAveragePooling1D")->from_config(Config::Map{}));
  layer.set_name(name);
  return layer(value);
}

/// The places of the columns in these groups.
std::vector<int64_t> columns_in(const std::vector<FeatureGroup>& groups,
                                const std::vector<bool>& used) {
  std::vector<int64_t> result;
  int64_t first = 0;
  for (size_t i = 0; i < groups.size(); ++i) {
    for (int64_t j = 0; j < groups[i].columns; ++j)
      if (used[i]) result.push_back(first + j);
    first += groups[i].columns;
  }
  return result;
}

}  // namespace

ClimbModel climb_model(const Functional& base, const std::vector<Tap>& taps, int64_t classes,
                       const std::optional<ColumnScaling>& scaling) {
  if (classes < 2)
    throw UsageError(fmt::format("the head: expected two classes or more, received {}", classes));
  if (base.inputs().size() != 1 || base.outputs().size() != 1) {
    throw UsageError(
        fmt::format("base \"{}\": expected one input and one output, received {} and {}",
                    base.name(), base.inputs().size(), base.outputs().size()));
  }
  const Functional tapped = taps.empty() ? base : with_taps(base, taps);
  const Symbol image = input(tapped.inputs()[0].shape(), "input");
  const auto call = tapped(image, {.training = false}).call();
  std::vector<FeatureGroup> groups;
  std::vector<Symbol> features;
  for (size_t i = 0; i <= taps.size(); ++i) {
    const bool is_last = i == taps.size();
    const Symbol value(call, is_last ? 0 : static_cast<int>(i + 1));
    features.push_back(
        pooled(value, is_last ? "global_average_pooling" : fmt::format("tap_{}", i + 1)));
    groups.push_back({.columns = features.back().shape().sizes().back()});
  }
  Symbol x = features.size() == 1 ? features[0] : concatenate({.name = "taps"})(features);
  if (scaling)
    x = rescaling({.scale = scaling->scale, .offset = scaling->offset, .name = "standardization"})(
        x);
  Layer head =
      dense({.units = classes, .activation = Activation::Kind::softmax, .name = "output_layer"});
  Model model(image, head(x));
  return {std::move(model), std::move(groups), std::move(head)};
}

void train_last_blocks(const ClimbModel& model, const Functional& network, int64_t blocks) {
  model.model.set_trainable(false);
  model.head.set_trainable(true);
  const auto layers = network.layers();
  const auto count = static_cast<size_t>(blocks == 0 ? 0 : layers_of_last(network, blocks));
  for (const Layer& layer : layers.last(count)) layer.set_trainable(true);
}

ColumnScaling column_scaling(const Tensor& features, const std::vector<FeatureGroup>& groups) {
  const int64_t rows = features.shape()[0];
  const int64_t columns = features.shape()[1];
  std::vector<double> mean(static_cast<size_t>(columns));
  std::vector<double> square(static_cast<size_t>(columns));
  for (int64_t i = 0; i < rows; ++i) {
    const Tensor row = features.rows(i, 1);
    for (size_t j = 0; j < mean.size(); ++j) mean[j] += row.values()[j] / static_cast<double>(rows);
  }
  for (int64_t i = 0; i < rows; ++i) {
    const Tensor row = features.rows(i, 1);
    for (size_t j = 0; j < mean.size(); ++j) {
      const double away = row.values()[j] - mean[j];
      square[j] += away * away / static_cast<double>(rows);
    }
  }
  ColumnScaling result;
  for (const FeatureGroup& group : groups) {
    for (int64_t j = 0; j < group.columns; ++j) {
      const size_t at = result.scale.size();
      const double deviation = std::sqrt(square[at]);
      const bool is_constant = deviation <= 1e-7 * std::abs(mean[at]);
      const double scale =
          is_constant ? 0
                      : group.weight / (deviation * std::sqrt(static_cast<double>(group.columns)));
      result.scale.push_back(static_cast<float>(scale));
      result.offset.push_back(static_cast<float>(-mean[at] * scale));
    }
  }
  return result;
}

LinearHead scaled(const LinearHead& head, const ColumnScaling& scaling) {
  LinearHead result{head.kernel.clone(), head.bias.clone()};
  const auto classes = static_cast<size_t>(head.bias.elements());
  std::vector<double> bias(head.bias.values().begin(), head.bias.values().end());
  for (size_t j = 0; j < scaling.scale.size(); ++j) {
    const double scale = scaling.scale[j];
    for (size_t k = 0; k < classes; ++k) {
      float& weight = result.kernel.values()[j * classes + k];
      const double unscaled_weight = weight;
      weight = scale == 0 ? 0 : static_cast<float>(unscaled_weight / scale);
      if (scale != 0) bias[k] -= weight * double{scaling.offset[j]};
    }
  }
  std::ranges::transform(bias, result.bias.values().begin(),
                         [](double value) { return static_cast<float>(value); });
  return result;
}

LinearHead unscaled(const LinearHead& head, const ColumnScaling& scaling) {
  LinearHead result{head.kernel.clone(), head.bias.clone()};
  const auto classes = static_cast<size_t>(head.bias.elements());
  std::vector<double> bias(head.bias.values().begin(), head.bias.values().end());
  for (size_t j = 0; j < scaling.scale.size(); ++j) {
    for (size_t k = 0; k < classes; ++k) {
      float& weight = result.kernel.values()[j * classes + k];
      bias[k] += weight * double{scaling.offset[j]};
      weight = static_cast<float>(weight * double{scaling.scale[j]});
    }
  }
  std::ranges::transform(bias, result.bias.values().begin(),
                         [](double value) { return static_cast<float>(value); });
  return result;
}

void set_head(const Layer& dense, const LinearHead& head) {
  const auto variables = dense.variables();
  variables.at(0)->assign(head.kernel);
  variables.at(1)->assign(head.bias);
}

LinearHead head_of(const Layer& dense) {
  const auto variables = dense.variables();
  return {variables.at(0)->value().clone(), variables.at(1)->value().clone()};
}

std::vector<bool> used_by(const LinearHead& head, const std::vector<FeatureGroup>& groups) {
  std::vector<bool> used;
  const auto classes = static_cast<size_t>(head.bias.elements());
  auto weights = head.kernel.values();
  for (const FeatureGroup& group : groups) {
    const size_t count = static_cast<size_t>(group.columns) * classes;
    used.push_back(std::ranges::any_of(weights.first(count), [](float w) { return w != 0; }));
    weights = weights.subspan(count);
  }
  used.back() = true;
  return used;
}

std::vector<FeatureGroup> used_groups(const std::vector<FeatureGroup>& groups,
                                      const std::vector<bool>& used) {
  std::vector<FeatureGroup> result;
  for (size_t i = 0; i < groups.size(); ++i)
    if (used[i]) result.push_back(groups[i]);
  return result;
}

Tensor columns_of(const Tensor& features, const std::vector<FeatureGroup>& groups,
                  const std::vector<bool>& used) {
  const std::vector<int64_t> columns = columns_in(groups, used);
  Tensor result(Shape{features.shape()[0], std::ssize(columns)});
  for (int64_t i = 0; i < features.shape()[0]; ++i) {
    const Tensor from = features.rows(i, 1);
    Tensor to = result.rows(i, 1);
    for (size_t j = 0; j < columns.size(); ++j)
      to.values()[j] = from.values()[static_cast<size_t>(columns[j])];
  }
  return result;
}

Model model_of(const Functional& base, const std::vector<Tap>& taps, const LinearHead& head,
               const std::vector<FeatureGroup>& groups, const std::vector<bool>& used) {
  std::vector<Tap> read;
  for (size_t i = 0; i < taps.size(); ++i)
    if (used[i]) read.push_back(taps[i]);
  const ClimbModel made = climb_model(base, read, head.bias.elements());
  set_head(made.head, {rows_at(head.kernel, columns_in(groups, used)), head.bias});
  for (const Layer& layer : made.model.layers()) layer.set_trainable(layer == made.head);
  return made.model;
}

Tensor rows_at(const Tensor& tensor, const std::vector<int64_t>& rows) {
  Tensor result(tensor.shape().without_batch().with_batch(std::ssize(rows)));
  for (size_t i = 0; i < rows.size(); ++i) {
    std::ranges::copy(tensor.rows(rows[i], 1).values(),
                      result.rows(static_cast<int64_t>(i), 1).data());
  }
  return result;
}

}  // namespace thaw
