#include "thaw/task/outputs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "thaw/core/error.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/naming.h"
#include "thaw/graph/output_dictionary.h"
#include "thaw/task/option.h"
#include "thaw/task/output_ending.h"
#include "thaw/train/loss.h"

namespace thaw {
namespace {

using Kind = Activation::Kind;

bool is_among(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

constexpr std::array<std::string_view, 5> softmax_losses{
    "categorical_crossentropy", "sparse_categorical_crossentropy", "categorical_focal_crossentropy",
    "kl_divergence", "kullback_leibler_divergence"};
constexpr std::array<std::string_view, 2> sigmoid_losses{"binary_crossentropy",
                                                         "binary_focal_crossentropy"};
constexpr std::array<std::string_view, 3> margin_losses{"hinge", "squared_hinge",
                                                        "categorical_hinge"};
constexpr std::array<std::string_view, 9> regression_losses{"mean_squared_error",
                                                            "mean_absolute_error",
                                                            "mean_absolute_percentage_error",
                                                            "mean_squared_logarithmic_error",
                                                            "huber",
                                                            "log_cosh",
                                                            "poisson",
                                                            "cosine_similarity",
                                                            "huber_loss"};

/// Keras's short names that are losses' too.
std::string full_name(std::string name) {
  constexpr std::pair<std::string_view, std::string_view> short_names[] = {
      {"mse", "mean_squared_error"},
      {"mae", "mean_absolute_error"},
      {"mape", "mean_absolute_percentage_error"},
      {"msle", "mean_squared_logarithmic_error"},
      {"bce", "binary_crossentropy"},
      {"kld", "kl_divergence"},
      {"logcosh", "log_cosh"}};
  // The package of a class of the user's own: "my_package>MyLoss".
  if (const size_t package = name.rfind('>'); package + 1 < name.size() && package != name.npos)
    name = name.substr(package + 1);
  std::string lower = name.find('_') == std::string::npos ? to_snake_case(name) : name;
  for (const auto& [brief, full] : short_names) {
    std::string letters = name;
    std::ranges::transform(letters, letters.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (letters == brief) return std::string(full);
  }
  return lower;
}

/// The loss of one output among lists and maps of them; nullptr: none.
const Config* loss_of_output(const Config& config, size_t index, const std::string& name) {
  const Config* value = &config;
  while (!value->is_null() && !value->is_string()) {
    if (value->is_map() && value->find("class_name") != nullptr) return value;
    if (value->is_list()) {
      const auto& list = value->as_list();
      if (list.empty()) return nullptr;
      value = &list[list.size() == 1 ? 0 : std::min(index, list.size() - 1)];
    } else if (value->is_map()) {
      const Config* named = value->find(name);
      if (named == nullptr && value->as_map().size() != 1) return nullptr;
      value = named != nullptr ? named : &value->as_map()[0].second;
    } else {
      return nullptr;
    }
  }
  return value->is_null() ? nullptr : value;
}

/// The part of the meaning that the loss tells of numbers that no activation bounds.
OutputMeaning by_loss(int64_t columns, const StatedLoss& loss, bool names_known) {
  OutputMeaning meaning{.kind = OutputKind::scores, .columns = columns, .threshold = {}};
  const bool one = columns == 1;
  const bool is_softmax = is_among(loss.name, softmax_losses);
  const bool is_sigmoid = is_among(loss.name, sigmoid_losses);
  const std::string how = fmt::format("the model was compiled with {}", loss.name);
  if (loss.from_logits && ((is_softmax && !one) || is_sigmoid)) {
    meaning.kind = is_softmax || one ? OutputKind::probabilities : OutputKind::independent;
    meaning.applied = is_softmax ? Kind::softmax : Kind::sigmoid;
    meaning.threshold = 0.5F;
    meaning.remark =
        fmt::format("{} of logits, so a {} makes probabilities of its outputs{}", how,
                    is_softmax ? "softmax" : "sigmoid",
                    is_softmax || one ? "" : ": each class's own, which need not add up to 100 %");
  } else if (is_among(loss.name, margin_losses)) {
    meaning.threshold = 0.0F;
    meaning.remark = how + ", so its outputs are scores, not probabilities" +
                     (one ? ": above 0 the second class" : "");
  } else if (one && is_among(loss.name, regression_losses)) {
    if (names_known) {
      meaning.threshold = 0.5F;
      meaning.remark = how +
                       ", so its output is a score, not a probability: above 0.5 the second "
                       "class";
    } else {
      meaning.kind = OutputKind::value;
      meaning.remark = how + ", so its output is a number, not a probability";
    }
  } else if (is_softmax || is_sigmoid) {
    if (is_sigmoid) meaning.threshold = 0.5F;
    meaning.remark = how +
                     ", which takes probabilities, but no softmax or sigmoid ends it: its "
                     "outputs are shown as scores (--activation softmax or sigmoid if they "
                     "are logits)";
  } else if (!loss.name.empty()) {
    meaning.remark = how + ", so its outputs are shown as scores, not as probabilities";
  } else {
    if (one && names_known) meaning.threshold = 0.0F;
    meaning.remark = fmt::format(
        "no softmax or sigmoid ends the model and nothing says what its outputs are: they are "
        "shown as scores, not as probabilities (--activation {} if they are logits)",
        one ? "sigmoid" : "softmax");
  }
  return meaning;
}

OutputMeaning as_asked(const std::string& activation, int64_t columns) {
  OutputMeaning meaning{.columns = columns};
  if (activation == "none") {
    meaning.kind = OutputKind::scores;
    meaning.threshold = 0.0F;
  } else {
    meaning.applied = activation == "softmax" ? Kind::softmax : Kind::sigmoid;
    if (activation == "sigmoid" && columns > 1) meaning.kind = OutputKind::independent;
  }
  return meaning;
}

std::optional<std::string> noted_activation(const Functional& model) {
  const Config* noted = model.metadata().find("activation");
  return noted == nullptr ? std::nullopt : std::optional(noted->as_string());
}

[[noreturn]] void no_classes(const Functional& model, const std::string& what) {
  throw Error(fmt::format(
      "model \"{}\" gives {}, which are no classes: expected a classifier. A network without a top "
      "is trained to be one with thaw fit (--base); thaw predict --input X.npy --output Y.npy "
      "shows "
      "what it gives as it is",
      model.name(), what));
}

}  // namespace

OutputKind OutputMeaning::kind_of(std::span<const float> row) const {
  if (!told_by_values) return kind;
  double sum = 0;
  for (const float value : row) {
    if (!(value >= 0 && value <= 1)) return OutputKind::scores;
    sum += value;
  }
  return std::abs(sum - 1) < 1e-3 ? OutputKind::probabilities : OutputKind::scores;
}

void OutputChoice::describe(OptionList& options) {
  options.add("activation", activation,
              {.help = "what makes probabilities of the model's outputs: softmax or sigmoid of "
                       "logits; none: they are scores, shown as they are",
               .choices = {"auto", "softmax", "sigmoid", "none"},
               .unset = "auto",
               .usual = "as the model's layers and its loss tell"});
}

namespace {

/// Which output is called so: by its own name, else by that of the layer that gives it, within a
/// nested model too, where just one is.
std::optional<size_t> place_of_output(const Functional& model,
                                      const std::vector<std::string>& names,
                                      const std::string& name) {
  if (const auto found = std::ranges::find(names, name); found != names.end())
    return static_cast<size_t>(found - names.begin());
  std::optional<size_t> place;
  for (size_t i = 0; i < names.size(); ++i) {
    Symbol output = model.outputs()[i];
    bool is_called_so = output.call()->layer.name() == name;
    while (const Functional* nested = output.call()->layer.nested()) {
      output = nested->outputs()[static_cast<size_t>(output.index())];
      is_called_so = is_called_so || output.call()->layer.name() == name;
    }
    if (!is_called_so) continue;
    if (place) return std::nullopt;
    place = i;
  }
  return place;
}

/// A model whose output is one of several of a nested model, with the part of that one that makes
/// it: what has one output can be taken apart.
Functional without_other_outputs(const Functional& model) {
  const Symbol& output = model.outputs()[0];
  const Call& call = *output.call();
  const Functional* nested = call.layer.nested();
  if (nested == nullptr) return model;
  const auto& outputs = nested->outputs();
  const Functional part =
      without_other_outputs(nested->up_to(outputs[static_cast<size_t>(output.index())]));
  if (outputs.size() == 1 && part.outputs()[0] == outputs[0]) return model;
  Functional result(model.inputs(), {part(call.inputs, {.training = call.training})}, model.name());
  result.metadata() = model.metadata();
  return result;
}

}  // namespace

StatedLoss stated_loss(const Config* compile, size_t index, const std::string& name) {
  if (compile == nullptr) return {};
  const Config* losses = compile->find("loss");
  const Config* loss = losses == nullptr ? nullptr : loss_of_output(*losses, index, name);
  if (loss == nullptr) return {};
  StatedLoss result{.name = {}, .config = *loss};
  const Config* config = loss->find("config");
  if (loss->is_string()) {
    result.name = loss->as_string();
  } else if (config != nullptr && config->is_string()) {
    result.name = config->as_string();
  } else if (const Config& class_name = loss->at("class_name"); class_name.is_string()) {
    result.name = class_name.as_string();
  }
  result.name = full_name(result.name);
  const Config* from_logits = config == nullptr ? nullptr : config->find("from_logits");
  result.from_logits = from_logits != nullptr && *from_logits == Config(true);
  return result;
}

std::vector<std::string> output_names(const Functional& model) {
  std::vector<std::string> names = output_dictionary(model);
  if (!names.empty()) return names;
  for (const Symbol& output : model.outputs()) {
    const std::string name = output.call()->layer.name();
    std::string unique = name;
    for (int again = 1; std::ranges::find(names, unique) != names.end(); ++again)
      unique = fmt::format("{}:{}", name, again);
    names.push_back(std::move(unique));
  }
  return names;
}

ChosenOutput choose_output(const Functional& model, const std::optional<std::string>& name) {
  const std::vector<std::string> names = output_names(model);
  if (names.size() == 1 && !name) return {.model = model, .name = names[0], .remark = {}};
  if (!name) {
    throw UsageError(fmt::format("model \"{}\" has {} outputs: say which with --output: {}",
                                 model.name(), names.size(), fmt::join(names, ", ")));
  }
  const auto found = place_of_output(model, names, *name);
  if (!found) {
    throw UsageError(
        fmt::format("--output: expected {}, received \"{}\"", fmt::join(names, ", "), *name));
  }
  const size_t index = *found;
  if (names.size() == 1) return {.model = model, .name = names[0], .remark = {}};
  return {.model = without_other_outputs(model.up_to(model.outputs()[index])),
          .index = index,
          .name = names[index],
          .remark = fmt::format("output \"{}\" of {}", names[index], fmt::join(names, ", "))};
}

int64_t output_columns(const Functional& model) {
  const Shape& shape = model.outputs()[0].shape();
  const auto larger = std::ranges::count_if(shape.sizes(), [](int64_t size) { return size > 1; });
  if (larger > 1) no_classes(model, shape.to_string());
  return shape.elements();
}

OutputMeaning output_meaning(const Functional& model, const StatedLoss& loss, bool names_known,
                             const std::optional<std::string>& activation) {
  const int64_t columns = output_columns(model);
  if (activation) return as_asked(*activation, columns);
  if (const auto noted = noted_activation(model)) return as_asked(*noted, columns);
  OutputMeaning meaning{.columns = columns};
  switch (output_ending(model)) {
    case OutputEnding::softmax:
      if (columns == 1)
        meaning.remark =
            "a softmax over one output gives 1 for every image: the model cannot tell "
            "classes apart";
      return meaning;
    case OutputEnding::sigmoid:
      if (columns > 1) {
        meaning.kind = OutputKind::independent;
        meaning.remark =
            "a sigmoid ends the model: each class's probability is its own, and they "
            "need not add up to 100 %";
      }
      return meaning;
    case OutputEnding::bounded:
      if (!loss.from_logits) {
        meaning.kind = OutputKind::scores;
        meaning.threshold = 0.0F;
        meaning.remark =
            "the model's outputs lie between -1 and 1: they are shown as scores, not "
            "as probabilities";
        return meaning;
      }
      return by_loss(columns, loss, names_known);
    case OutputEnding::features:
      if (!names_known && loss.name.empty())
        no_classes(model, fmt::format("{} features of an image (if they are classes, --classes "
                                      "names them)",
                                      columns));
      return by_loss(columns, loss, names_known);
    case OutputEnding::linear:
      return by_loss(columns, loss, names_known);
    case OutputEnding::other:
      break;
  }
  meaning = by_loss(columns, loss, names_known);
  const bool unsaid = meaning.kind == OutputKind::scores && columns > 1;
  if (unsaid) {
    meaning.told_by_values = true;
    meaning.remark.clear();
  }
  return meaning;
}

Functional with_activation(const Functional& model, const OutputMeaning& meaning) {
  if (meaning.applied == Kind::linear) return model;
  const Layer last = activation({.activation = meaning.applied, .name = "probabilities_of_logits"});
  Functional result(model.inputs(), {last(model.outputs()[0])}, model.name());
  result.metadata() = model.metadata();
  return result;
}

}  // namespace thaw
