#include "thaw/applications/division.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "thaw/applications/application.h"
#include "thaw/applications/layer_names.h"
#include "thaw/applications/spine.h"
#include "thaw/core/error.h"
#include "thaw/core/variable.h"
#include "thaw/graph/layer_type.h"
#include "thaw/graph/network.h"
#include "thaw/graph/taps.h"
#include "thaw/ops/activation.h"

namespace thaw::applications {
namespace {

using CallPtr = std::shared_ptr<const Call>;

bool is_image(const Shape& shape) { return shape.rank() == 3; }
bool is_larger_than_a_point(const Shape& shape) {
  return is_image(shape) && (shape[0] > 1 || shape[1] > 1);
}

bool pools_globally(const Layer& layer) {
  return layer.class_name() == "GlobalAveragePooling2D" ||
         layer.class_name() == "GlobalMaxPooling2D";
}

bool drops_out(const Layer& layer) {
  return layer.class_name().ends_with("Dropout") || layer.class_name().ends_with("Dropout2D");
}

/// Whether it has weights that mix channels or pixels, a model's layers included.
bool has_kernel(const Layer& layer) {
  return std::ranges::any_of(
      layer.variables(), [](const VariablePtr& variable) { return variable->shape().rank() >= 2; });
}

bool is_biased(const Layer& layer) {
  return std::ranges::any_of(
      layer.variables(), [](const VariablePtr& variable) { return variable->name() == "bias"; });
}

Activation::Kind activation_of(const Layer& layer) {
  if (layer.definition() == nullptr) return Activation::Kind::linear;
  if (layer.class_name() == "Softmax") return Activation::Kind::softmax;
  const Config config = layer.definition()->config();
  const Config* activation = config.find("activation");
  return activation == nullptr ? Activation::Kind::linear
                               : Activation::from_config(*activation).kind;
}

/// A share of 1, as a classifier ends in.
bool makes_probabilities(const Layer& layer) {
  const Activation::Kind kind = activation_of(layer);
  return kind == Activation::Kind::softmax || kind == Activation::Kind::sigmoid;
}

bool is_same(const Functional& a, const Functional& b) { return Layer(a) == Layer(b); }

bool lies_in(const Place& place, const Functional& network) {
  return is_same(place.model, network) || std::ranges::any_of(place.inside, [&](const auto& outer) {
           return is_same(outer.first, network);
         });
}

/// The name of the layer that a known network ends in without top; nothing where it is an automatic
/// one, which another layer may have in a model of the same network.
std::optional<std::string> last_layer_of(const Application& application) {
  const Functional base = create(application, {.include_top = false, .weights = "none"});
  const Layer& last = base.outputs()[0].call()->layer;
  if (automatic_number(last.name(), last.class_name())) return std::nullopt;
  return modern_name(last.name());
}

using Places = std::span<const Place>;

std::optional<size_t> end_of_known(Places places, const Functional& model) {
  const Application* application = recognize(model);
  if (application == nullptr) return std::nullopt;
  const std::optional<std::string> last = last_layer_of(*application);
  if (!last) return std::nullopt;
  const auto found = std::ranges::find_if(places, [&](const Place& place) {
    return is_image(place.value.shape()) && modern_name(place.value.call()->layer.name()) == *last;
  });
  return found == places.end() ? std::nullopt : std::optional(found - places.begin());
}

/// The last image of the network, a classifier on it included.
std::optional<size_t> last_image(Places places, const Functional& network) {
  for (size_t i = 0; i < places.size(); ++i) {
    const Shape& shape = places[i].value.shape();
    const bool is_pooled = i > 0 && pools_globally(places[i - 1].value.call()->layer);
    if (is_larger_than_a_point(shape) || (is_image(shape) && is_pooled))
      if (lies_in(places[i], network)) return i;
  }
  return std::nullopt;
}

/// Where the convolution to the classes stands that ends in `end`; `behind`: the calls after that.
/// Nothing where there is none: the layer before a pooled network's end is a convolution too.
std::optional<size_t> classifier_before(Places places, size_t end, const Functional& model,
                                        const std::vector<CallPtr>& behind) {
  const Shape& output = model.outputs()[0].shape();
  if (is_larger_than_a_point(output)) return std::nullopt;
  const auto layer_of = [&](size_t i) -> const Layer& { return places[i].value.call()->layer; };
  if (std::ranges::any_of(behind, [](const CallPtr& call) { return has_kernel(call->layer); }))
    return std::nullopt;
  size_t place = end;
  while (place < places.size() && !has_kernel(layer_of(place))) {
    if (places[place].value.call()->inputs.size() != 1) return std::nullopt;
    ++place;
  }
  if (place + 1 >= places.size()) return std::nullopt;
  const Shape& scores = places[place].value.shape();
  if (!is_image(scores) || scores[2] != output.elements()) return std::nullopt;

  bool is_told = false;
  bool is_bare = activation_of(layer_of(place)) == Activation::Kind::linear &&
                 is_biased(layer_of(place)) && place == end;
  for (const CallPtr& call : behind) {
    is_told = is_told || makes_probabilities(call->layer);
    is_bare = is_bare && activation_of(call->layer) == Activation::Kind::linear;
  }
  for (size_t i = end; i <= place; ++i) is_told = is_told || makes_probabilities(layer_of(i));
  const Config* classes = model.metadata().find("classes");
  const bool has_classes =
      classes != nullptr && std::ssize(classes->as_list()) == output.elements();
  return is_told || is_bare || has_classes ? std::optional(place) : std::nullopt;
}

std::string listed(const std::vector<std::string>& names) {
  constexpr size_t most = 8;
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), most); ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > most) text += fmt::format(" and {} more", names.size() - most);
  return text;
}

}  // namespace

std::vector<CallPtr> Division::Level::behind() const {
  std::set<const Call*> needed;
  const Functional kept = model.up_to(end);
  for (const CallPtr& call : kept.calls()) needed.insert(call.get());
  std::vector<CallPtr> result;
  for (const CallPtr& call : model.calls())
    if (!needed.contains(call.get())) result.push_back(call);
  return result;
}

std::vector<Division::Level> Division::levels_at(const Place& place) {
  std::vector<Level> levels{{place.model, place.value}};
  for (size_t i = place.inside.size(); i-- > 0;)
    levels.push_back({place.inside[i].first, Symbol(place.inside[i].second)});
  return levels;
}

std::vector<CallPtr> Division::behind() const {
  std::vector<CallPtr> result;
  for (const Level& level : levels_) {
    const auto calls = level.behind();
    result.insert(result.end(), calls.begin(), calls.end());
  }
  return result;
}

Functional Division::up_to_end() const {
  const auto is_all = [](const Level& level) {
    return level.model.outputs().size() == 1 && level.end == level.model.outputs()[0];
  };
  bool is_whole = is_all(levels_[0]);
  Functional base = is_whole ? levels_[0].model : levels_[0].model.up_to(levels_[0].end);
  for (const Level& level : std::span(levels_).subspan(1)) {
    const Call& call = *level.end.call();
    if (call.inputs[0].call()->inputs.empty()) continue;  // nothing stands before it
    is_whole = is_whole && is_all(level);
    base = is_whole
               ? level.model
               : Functional(level.model.inputs(), {base(call.inputs, {.training = call.training})},
                            level.model.name());
  }
  return base;
}

Division::Division(const Functional& model) : base_(model) {
  if (const auto call = tapped_call(model)) {
    const Functional& tapped = *call->layer.nested();
    is_tapped_ = true;
    base_ = without_taps(tapped);
    levels_ = {{model, Symbol(call)}};
    network_layers_ = counted_layers(network_of(base_)).size();
    gives_probabilities_ = makes_probabilities(model.outputs()[0].call()->layer);
    return;
  }
  const std::vector<Place> places = spine_of(model);
  const Functional network = network_of(model);
  auto end = end_of_known(places, model);
  if (!end) {
    end = last_image(places, network);
    if (!end) {
      throw Error(fmt::format(
          "model \"{}\": expected a layer that gives an image (height, width, channels) that all "
          "of the output depends on, found none on the way from the output {}: choose a "
          "convolutional network as the base",
          model.name(), model.outputs()[0].shape().to_string()));
    }
    levels_ = levels_at(places[*end]);
    if (const auto classifier = classifier_before(places, *end, model, behind())) {
      end = *classifier + 1;
      while (drops_out(places[*end].value.call()->layer) && *end + 1 < places.size()) ++*end;
    }
  }
  levels_ = levels_at(places[*end]);
  base_ = up_to_end();
  network_layers_ = counted_layers(network).size();
  is_of_sequential_ = network.class_name() == "Sequential";
  for (const Place& place : places) {
    const Layer& layer = place.value.call()->layer;
    gives_probabilities_ = gives_probabilities_ || makes_probabilities(layer);
    if (has_kernel(layer)) break;  // the last one makes the scores
  }
}

std::vector<std::string> Division::dropped() const {
  std::vector<std::string> names;
  for (const CallPtr& call : behind()) {
    const std::string& name = call->layer.name();
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

std::string Division::told(bool head_goes_on) const {
  const auto names = dropped();
  const Functional network = network_of(base_);
  // A part of a Sequential is a Functional, with an InputLayer that the Sequential did not count.
  const bool one_more = is_of_sequential_ && network.class_name() != "Sequential";
  const size_t kept = counted_layers(network).size() - (one_more ? 1 : 0);
  const std::string count = kept == network_layers_
                                ? fmt::format("all {}", kept)
                                : fmt::format("{} of {}", kept, network_layers_);
  return fmt::format("layers up to '{}' ({}); {}: {}", levels_[0].end.call()->layer.name(), count,
                     head_goes_on ? "goes on" : "dropped",
                     names.empty() ? "nothing" : listed(names));
}

Symbol Division::head_of(const Symbol& image) const {
  Symbol result = image;
  for (const Level& level : levels_) {
    std::map<std::pair<const Call*, int>, Symbol> made;
    const auto key = [](const Symbol& symbol) {
      return std::pair(symbol.call().get(), symbol.index());
    };
    made[key(level.end)] = result;
    for (const CallPtr& call : level.behind()) {
      std::vector<Symbol> inputs;
      for (const Symbol& symbol : call->inputs) {
        const auto found = made.find(key(symbol));
        if (found == made.end()) break;  // of another output of the model
        inputs.push_back(found->second);
      }
      if (inputs.size() != call->inputs.size()) continue;
      const Symbol again = call->layer(inputs, {.training = call->training});
      for (int i = 0; std::cmp_less(i, call->output_shapes.size()); ++i)
        made[{call.get(), i}] = Symbol(again.call(), i);
    }
    result = made.at(key(level.model.outputs()[0]));
  }
  return result;
}

}  // namespace thaw::applications
