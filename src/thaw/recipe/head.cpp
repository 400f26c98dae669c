#include "thaw/recipe/head.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "thaw/core/error.h"
#include "thaw/core/variable.h"
#include "thaw/graph/layers/batch_normalization.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/dropout.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"
#include "thaw/train/loss.h"

namespace thaw {
namespace {

constexpr std::string_view expected_layers =
    "expected layers such as \"dense 128 relu, dropout 0.3\" (dense UNITS [ACTIVATION], dropout "
    "RATE, batch_normalization)";

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(at), text.size());
    std::string_view part = text.substr(0, end);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

double number_of(const std::string& text, double lowest, double highest) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || value < lowest ||
      value > highest)
    throw UsageError(fmt::format("{}, received \"{}\"", expected_layers, text));
  return value;
}

Layer hidden_layer(const std::vector<std::string>& words, size_t number) {
  const std::string name = fmt::format("head_{}_{}", words[0], number);
  constexpr double most_units = 65536;
  if (words[0] == "dense" && (words.size() == 2 || words.size() == 3)) {
    const double units = number_of(words[1], 1, most_units);
    if (units != std::floor(units))
      throw UsageError(fmt::format("{}, received {} units", expected_layers, units));
    return dense({.units = static_cast<int64_t>(units),
                  .activation = Activation(words.size() == 3 ? std::string_view(words[2]) : "relu"),
                  .name = name});
  }
  if (words[0] == "dropout" && words.size() == 2) {
    const double rate = number_of(words[1], 0, 0.99);
    return dropout({.rate = static_cast<float>(rate), .name = name});
  }
  if (words[0] == "batch_normalization" && words.size() == 1)
    return batch_normalization({.name = name});
  throw UsageError(fmt::format("{}, received \"{}\"", expected_layers, fmt::join(words, " ")));
}

}  // namespace

std::vector<Layer> hidden_layers(std::string_view text) {
  std::vector<Layer> layers;
  for (const std::string& one : split(text, ',')) {
    const std::vector<std::string> words = split(one, ' ');
    layers.push_back(hidden_layer(words, layers.size() + 1));
  }
  return layers;
}

Model with_head(const Functional& base, const HeadOptions& options) {
  if (options.classes < 2) {
    throw UsageError(
        fmt::format("the head: expected two classes or more, received {}", options.classes));
  }
  if (base.inputs().size() != 1 || base.outputs().size() != 1) {
    throw UsageError(
        fmt::format("base \"{}\": expected one input and one output, received {} and {}",
                    base.name(), base.inputs().size(), base.outputs().size()));
  }
  const LossType& loss = loss_types::find(Loss(options.loss).name);
  const bool one_unit = loss.one_unit_for_two && options.classes == 2;
  const Symbol image = input(base.inputs()[0].shape(), "input");
  Symbol x = base(image, {.training = false});
  if (x.shape().rank() == 3) x = global_average_pooling_2d()(x);
  const std::vector<Layer> hidden = hidden_layers(options.hidden);
  for (const Layer& layer : hidden) x = layer(x);
  const Layer head = dense({.units = one_unit ? 1 : options.classes,
                            .activation = one_unit ? Activation::Kind::sigmoid : loss.head,
                            .name = "output_layer"});
  Model model(image, head(x));
  // The head alone: the base keeps the weights that it came with.
  uint64_t seed = options.seed;
  for (const VariablePtr& variable : head.variables()) variable->reset(seed++);
  for (const Layer& layer : hidden)
    for (const VariablePtr& variable : layer.variables()) variable->reset(seed++);
  return model;
}

}  // namespace thaw
