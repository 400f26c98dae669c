#include "thaw/formats/named_tensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "thaw/core/error.h"
#include "thaw/core/variable.h"

namespace thaw {
namespace {

using LayerNames = std::map<std::string, std::string>;

/// PyTorch's axes in the order of Keras's.
enum class Axes { same, convolution, depthwise, dense };

struct TorchWeight {
  std::string_view layer, weight;  ///< class and name in Keras
  std::string_view name;           ///< in PyTorch, behind the module's
  Axes axes;
};
constexpr auto torch_weights = std::to_array<TorchWeight>({
    {"Conv2D", "kernel", "weight", Axes::convolution},
    {"Conv2D", "bias", "bias", Axes::same},
    {"DepthwiseConv2D", "kernel", "weight", Axes::depthwise},
    {"DepthwiseConv2D", "bias", "bias", Axes::same},
    {"Dense", "kernel", "weight", Axes::dense},
    {"Dense", "bias", "bias", Axes::same},
    {"BatchNormalization", "gamma", "weight", Axes::same},
    {"BatchNormalization", "beta", "bias", Axes::same},
    {"BatchNormalization", "moving_mean", "running_mean", Axes::same},
    {"BatchNormalization", "moving_variance", "running_var", Axes::same},
    {"LayerNormalization", "gamma", "weight", Axes::same},
    {"LayerNormalization", "beta", "bias", Axes::same},
});

/// The shape that PyTorch has of a weight of Keras's shape.
Shape torch_shape(const Shape& shape, Axes axes) {
  switch (axes) {
    case Axes::convolution:
      return {shape[3], shape[2], shape[0], shape[1]};
    case Axes::depthwise:
      return {shape[2] * shape[3], int64_t{1}, shape[0], shape[1]};
    case Axes::dense:
      return {shape[1], shape[0]};
    default:
      return shape;
  }
}

/// [rows, columns] as [columns, rows].
void transpose(const float* from, int64_t rows, int64_t columns, float* to) {
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      to[column * rows + row] = from[row * columns + column];
}

/// The values of torch_shape(shape) in Keras's order.
Tensor in_keras_layout(const Tensor& values, const Shape& shape, Axes axes) {
  if (axes == Axes::same) return values;
  Tensor result(shape);
  if (axes == Axes::dense) {
    transpose(values.data(), shape[1], shape[0], result.data());
    return result;
  }
  // Both kinds have the window's places last: [out, in, h·w] to [h·w, in, out], and with one input
  // channel a convolution's outputs are [C, multiplier] of a depthwise one.
  const int64_t window = shape[0] * shape[1];
  const int64_t in = axes == Axes::convolution ? shape[2] : 1;
  const int64_t out = values.elements() / std::max<int64_t>(1, window * in);
  for (int64_t o = 0; o < out; ++o)
    for (int64_t i = 0; i < in; ++i)
      for (int64_t place = 0; place < window; ++place)
        result.data()[(place * in + i) * out + o] = values.data()[(o * in + i) * window + place];
  return result;
}

/// A weight of the model: where the file has it, and how.
struct Wanted {
  std::string layer;
  std::string tensor;
  VariablePtr variable;
  Axes axes = Axes::same;
};

/// A weight that several layers share comes once.
void collect(const Functional& model, const std::string& prefix, TensorStyle style,
             std::set<const Variable*>& seen, std::vector<Wanted>& wanted) {
  for (const Layer& layer : model.layers()) {
    if (layer.nested() != nullptr) {
      // PyTorch's modules are called by their network alone, wherever it is nested.
      collect(*layer.nested(), style == TensorStyle::thaw ? prefix + layer.name() + "/" : "", style,
              seen, wanted);
      continue;
    }
    for (const VariablePtr& variable : layer.variables()) {
      if (!seen.insert(variable.get()).second) continue;
      Wanted weight{layer.name(), prefix + layer.name() + "/" + variable->name(), variable};
      if (style == TensorStyle::torch) {
        const auto known = std::ranges::find_if(torch_weights, [&](const TorchWeight& row) {
          return row.layer == layer.class_name() && row.weight == variable->name();
        });
        if (known == torch_weights.end()) {
          throw Error(fmt::format(
              "layer \"{}\": expected a layer that PyTorch's state dicts have, received a {}",
              layer.name(), layer.class_name()));
        }
        weight.tensor = std::string(known->name);  // the module's name comes before it
        weight.axes = known->axes;
      }
      wanted.push_back(std::move(weight));
    }
  }
}

/// `tensor` of PyTorch's module: "_bn0" and "weight"; empty where the table has no such layer.
std::string in_module(const Wanted& weight, const LayerNames& names) {
  const auto module = names.find(weight.layer);
  return module == names.end() ? "" : module->second + "." + weight.tensor;
}

/// The table under which the file has most of the model's weights.
const LayerNames& best_names(const std::vector<Wanted>& wanted,
                             const std::map<std::string, const WeightTensor*>& by_name,
                             const std::vector<LayerNames>& tables) {
  const LayerNames* best = nullptr;
  int64_t most = 0;
  for (const LayerNames& table : tables) {
    const int64_t found = std::ranges::count_if(
        wanted, [&](const Wanted& weight) { return by_name.contains(in_module(weight, table)); });
    if (found <= most) continue;
    most = found;
    best = &table;
  }
  if (best == nullptr) {
    throw Error(fmt::format(
        "expected tensors with the names of a network that is known by them ({}), received {}",
        tables.empty() ? "this one is not" : "as " + tables[0].begin()->second + ".weight",
        by_name.empty() ? "none" : by_name.begin()->first + " and others"));
  }
  return *best;
}

/// What goes where; empty values for a layer that keeps what it has.
class Moves {
 public:
  Moves(const std::map<std::string, const WeightTensor*>& by_name, const WeightsOptions& options)
      : by_name_(by_name), options_(options) {}

  void add(const Wanted& weight) {
    used_.insert(weight.tensor);
    const auto& skipped = options_.skip_layers;
    if (std::ranges::find(skipped, weight.layer) != skipped.end()) return leave(weight);
    with_context(fmt::format("layer \"{}\"", weight.layer), [&] {
      const auto found = by_name_.find(weight.tensor);
      if (found == by_name_.end()) {
        if (options_.skip_mismatch || options_.match == MatchWeights::by_name) return leave(weight);
        throw Error(fmt::format("weight \"{}\": expected a tensor {}, and the file has none",
                                weight.variable->name(), weight.tensor));
      }
      const Shape expected = torch_shape(weight.variable->shape(), weight.axes);
      if (found->second->shape != expected) {
        if (options_.skip_mismatch) return leave(weight);
        throw Error(fmt::format(
            "weight \"{}\": expected shape {} of {}, received {}: check the network's size and its "
            "number of classes",
            weight.variable->name(), expected.to_string(), weight.tensor,
            found->second->shape.to_string()));
      }
      moves_.emplace_back(&weight, found->second);
    });
  }

  WeightsReport carry_out() {
    std::vector<std::pair<VariablePtr, Tensor>> values;
    for (const auto& [weight, tensor] : moves_) {
      if (left_.contains(weight->layer)) continue;
      values.emplace_back(
          weight->variable,
          in_keras_layout(tensor->values(), weight->variable->shape(), weight->axes));
    }
    for (const auto& [variable, value] : values) variable->assign(value);
    WeightsReport report{.loaded = std::ssize(values)};
    report.missing.assign(left_.begin(), left_.end());
    for (const auto& [name, tensor] : by_name_)
      if (!used_.contains(name) && !name.ends_with("num_batches_tracked"))
        report.skipped.push_back(name);
    return report;
  }

 private:
  void leave(const Wanted& weight) { left_.insert(weight.layer); }

  const std::map<std::string, const WeightTensor*>& by_name_;
  const WeightsOptions& options_;
  std::vector<std::pair<const Wanted*, const WeightTensor*>> moves_;
  std::set<std::string> used_;
  std::set<std::string> left_;
};

std::vector<Wanted> weights_of(const Functional& model, TensorStyle style) {
  std::vector<Wanted> wanted;
  std::set<const Variable*> seen;
  collect(model, "", style, seen, wanted);
  return wanted;
}

/// A file of a deeper network has all that a flatter one of the same width wants.
void refuse_others(const std::map<std::string, const WeightTensor*>& by_name, TensorStyle style,
                   const std::set<std::string>& known) {
  if (known.empty()) return;
  for (const auto& [name, tensor] : by_name) {
    const size_t end = std::min(name.rfind(style == TensorStyle::thaw ? '/' : '.'), name.size());
    std::string layer = name.substr(0, end);
    if (style == TensorStyle::thaw) layer.erase(0, layer.rfind('/') + 1);
    if (!known.contains(layer)) {
      throw Error(
          fmt::format("expected the layers of this network alone, received {} too: the file "
                      "is of another network",
                      name));
    }
  }
}

}  // namespace

WeightsReport assign_named(const Functional& model, const std::vector<WeightTensor>& tensors,
                           TensorStyle style, const WeightsOptions& options) {
  std::map<std::string, const WeightTensor*> by_name;
  for (const WeightTensor& tensor : tensors) by_name.emplace(tensor.name, &tensor);
  std::vector<Wanted> wanted = weights_of(model, style);
  std::set<std::string> known;
  if (style == TensorStyle::torch) {
    const LayerNames& names = best_names(wanted, by_name, options.layer_names);
    for (Wanted& weight : wanted) {
      std::string full = in_module(weight, names);
      weight.tensor = full.empty() ? weight.layer + "." + weight.tensor : std::move(full);
    }
    for (const auto& [layer, module] : names) known.insert(module);
  } else if (!options.layer_names.empty()) {
    for (const auto& [layer, module] : options.layer_names[0]) known.insert(layer);
  }
  Moves moves(by_name, options);
  for (const Wanted& weight : wanted) moves.add(weight);
  if (!options.skip_mismatch && options.match == MatchWeights::by_order)
    refuse_others(by_name, style, known);
  return moves.carry_out();
}

std::vector<std::pair<std::string, Tensor>> named_weights(const Functional& model) {
  std::vector<std::pair<std::string, Tensor>> result;
  for (const Wanted& weight : weights_of(model, TensorStyle::thaw))
    result.emplace_back(weight.tensor, weight.variable->value());
  return result;
}

}  // namespace thaw
