#include "thaw/formats/keras/read_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <map>
#include <numeric>
#include <set>
#include <string_view>
#include <utility>

#include "thaw/core/error.h"
#include "thaw/formats/keras/config_entry.h"
#include "thaw/formats/keras/lambda_expression.h"
#include "thaw/formats/keras/nodes.h"
#include "thaw/formats/keras/operators.h"
#include "thaw/graph/layer_type.h"
#include "thaw/graph/layers/relu.h"
#include "thaw/graph/layers/rescaling.h"
#include "thaw/graph/output_dictionary.h"

namespace thaw::keras {
namespace {

/// The layers that several models of the config share, by the number under sharing_key.
using SharedLayers = std::map<int64_t, Layer>;

/// What the functions that read one config have in common.
struct Reading {
  const ReadOptions& options;
  std::vector<std::string>& dropped;
  std::set<std::string> lambdas = {};  ///< the names of those that were met
  SharedLayers shared = {};
};

Functional build_model(const ClassAndConfig& model, const std::optional<Shape>& given,
                       Reading& reading);

/// Sets the flag of a nested model alone: its layers have flags of their own in the file.
void set_own_flag(const Functional& model, bool trainable) {
  if (model.trainable() == trainable) return;
  std::vector<std::pair<Layer, bool>> flags;
  const auto collect = [&](const auto& self, const Functional& from) -> void {
    for (const Layer& layer : from.layers()) {
      flags.emplace_back(layer, layer.trainable());
      if (layer.nested() != nullptr) self(self, *layer.nested());
    }
  };
  collect(collect, model);
  model.set_trainable(trainable);
  for (const auto& [layer, flag] : flags) {
    if (layer.nested() == nullptr) layer.set_trainable(flag);
  }
}

Layer make_new_layer(const std::string& name, const ClassAndConfig& what,
                     const std::optional<Shape>& input_shape, Reading& reading) {
  if (is_model(what.class_name)) {
    const Functional model = build_model(what, input_shape, reading);
    return Layer(model);
  }
  const LayerType* type = layer_types::find(what.class_name);
  if (type == nullptr) {
    throw Error(fmt::format("class {} is not known; expected one of Keras's image layers",
                            what.class_name));
  }
  note_dropped(name, what.config, reading.dropped);
  Layer layer(type->from_config(what.config));
  if (!name.empty()) layer.set_name(name);
  layer.set_trainable(flag_of(what.config));
  return layer;
}

/// What a Lambda layer gives, where the user has said what it computes.
Symbol call_lambda(const std::string& name, const Symbol& x, Reading& reading) {
  reading.lambdas.insert(name);
  const auto found = reading.options.lambdas.find(name);
  if (found == reading.options.lambdas.end()) {
    throw Error(fmt::format(
        "a Lambda layer holds Python code, which is never run: where it is arithmetic with its "
        "input x, say so (--lambda {}=\"x/127.5-1\"); else replace it in Keras by layers",
        name));
  }
  return with_context("--lambda", [&] { return apply_lambda(found->second, x, name); });
}

/// The layer of an entry; one that another model holds already when they share it.
Layer make_layer(const Config& entry, const ClassAndConfig& what,
                 const std::optional<Shape>& input_shape, Reading& reading) {
  const std::string name = name_of(entry);
  const Config* id = entry.find(sharing_key);
  if (id == nullptr) id = entry.find("shared_object_id");
  if (id == nullptr || !id->is_integer()) return make_new_layer(name, what, input_shape, reading);
  const auto found = reading.shared.find(id->as_integer());
  if (found != reading.shared.end() && found->second.name() == name &&
      found->second.class_name() == what.class_name)
    return found->second;
  Layer layer = make_new_layer(name, what, input_shape, reading);
  reading.shared.emplace(id->as_integer(), layer);
  return layer;
}

/// Keras 2's hard_sigmoid is clip(0.2·x + 0.5, 0, 1), Keras 3's relu6(x + 3)/6. Takes it out of a
/// layer of Keras 1 or 2 and returns the layers that stand for it, in words that Keras 3 opens.
std::vector<Layer> take_old_activation(const std::string& name, ClassAndConfig& what,
                                       const ReadOptions& options) {
  if (options.generation > 2 || !what.config.is_map()) return {};
  const Config* activation = what.config.find("activation");
  if (activation == nullptr) return {};
  const Config* function = activation->is_map() ? activation->find("config") : activation;
  if (function == nullptr || *function != Config("hard_sigmoid")) return {};
  what.config.set("activation", "linear");
  return {rescaling({.scale = {0.2F}, .offset = {0.5F}, .name = name + ".scaled"}),
          relu({.max_value = 1.0F, .name = name + ".hard_sigmoid"})};
}

/// Keras 3's image layers have training=True by default and write it into their calls, where each
/// network's own training overrules it.
std::optional<bool> training_of(const Node& node, const std::string& class_name) {
  constexpr std::string_view others[] = {
      "AugMix",   "AutoContrast", "CenterCrop",   "CutMix",   "Equalization",       "MixUp",
      "Pipeline", "RandAugment",  "Solarization", "Resizing", "MaxNumBoundingBoxes"};
  const bool is_image_layer =
      class_name.starts_with("Random") || std::ranges::find(others, class_name) != std::end(others);
  return is_image_layer && node.training == true ? std::nullopt : node.training;
}

/// The input of a Sequential: its InputLayer, or the shape that its first layer or its own config
/// declares.
std::optional<Shape> sequential_input(const Config& config, std::string& name) {
  const Config& first = layers_of(config).front();
  const ClassAndConfig what = read_entry(first);
  if (what.class_name == "InputLayer") name = name_of(first);
  if (what.class_name == "Sequential") return sequential_input(what.config, name);
  if (what.class_name == "Functional") {
    for (const Config& entry : layers_of(what.config)) {
      if (entry.at("class_name") == Config("InputLayer")) return declared_shape(entry.at("config"));
    }
  }
  if (auto shape = declared_shape(what.config)) return shape;
  return declared_shape(config);
}

Functional build_sequential(const Config& config, const std::optional<Shape>& given,
                            Reading& reading) {
  std::string input_name;
  const std::optional<Shape> declared = sequential_input(config, input_name);
  const bool starts_with_input = layers_of(config).front().at("class_name") == Config("InputLayer");
  const Symbol start =
      input(settle_shape(declared, given), starts_with_input ? input_name : std::string());
  Symbol x = start;
  for (const Config& entry : layers_of(config)) {
    if (entry.at("class_name") == Config("InputLayer")) continue;
    x = with_context(describe(entry), [&] {
      ClassAndConfig what = read_entry(entry);
      if (what.class_name == "Lambda") return call_lambda(name_of(entry), x, reading);
      const std::vector<Layer> after = take_old_activation(name_of(entry), what, reading.options);
      Symbol y = make_layer(entry, what, x.shape(), reading)(x);
      for (const Layer& layer : after) y = layer(y);
      return y;
    });
  }
  const std::string name = text_or_empty(config.find("name"));
  return sequential(start, x, name.empty() ? "sequential" : name);
}

/// Builds the graph of a Functional config: calls every layer once for each of its nodes.
class FunctionalBuilder {
 public:
  FunctionalBuilder(const Config& config, const std::optional<Shape>& given, Reading& reading)
      : config_(config), reading_(reading) {
    if (config.at("input_layers").is_map())
      reading.dropped.emplace_back("the dictionary of input_layers: they are a list");
    inputs_ = read_references(config.at("input_layers"));
    outputs_ = read_references(config.at("output_layers"));
    for (const Config& entry : layers_of(config))
      with_context(describe(entry), [&] { add(entry, given); });
    find_offsets();
  }

  Functional build() {
    std::vector<std::vector<size_t>> waiting(layers_.size());
    std::deque<size_t> ready(layers_.size());
    std::iota(ready.begin(), ready.end(), size_t{0});
    while (!ready.empty()) {
      const size_t index = ready.front();
      ready.pop_front();
      const size_t before = layers_[index].made.size();
      const auto lacking = with_context(describe(*layers_[index].entry),
                                        [&] { return call_as_often_as_possible(layers_[index]); });
      if (lacking) waiting[*lacking].push_back(index);
      if (layers_[index].made.size() == before) continue;
      ready.insert(ready.end(), waiting[index].begin(), waiting[index].end());
      waiting[index].clear();
    }
    for (const Pending& layer : layers_) {
      if (layer.made.size() < layer.nodes.size())
        throw Error(describe(*layer.entry) + ": its inputs depend on itself or on no layer");
    }
    const std::string name = text_or_empty(config_.find("name"));
    return Functional(resolve_all(inputs_, "input"), resolve_all(outputs_, "output"),
                      name.empty() ? "functional" : name);
  }

 private:
  struct Pending {
    const Config* entry;
    ClassAndConfig what;
    std::vector<Node> nodes = {};
    std::vector<std::vector<Symbol>> made = {};  ///< each call's results
    std::optional<Layer> layer = {};
    std::vector<Layer> after = {};  ///< called on what the layer gives
    bool is_operator = false;
    bool is_old_dialect = false;
    int64_t offset = 0;
  };

  void add(const Config& entry, const std::optional<Shape>& given) {
    Pending layer{&entry, read_entry(entry)};
    const std::string name = name_of(entry);
    if (name.empty()) throw Error("expected a layer with a name");
    if (layer.what.class_name == "InputLayer") {
      const bool is_only_input = inputs_.size() == 1;
      layer.made.push_back({input(
          settle_shape(declared_shape(layer.what.config), is_only_input ? given : std::nullopt),
          name)});
    } else if (const Config* nodes = entry.find("inbound_nodes")) {
      layer.is_old_dialect = !nodes->as_list().empty() && !nodes->as_list()[0].find("args");
      layer.nodes = read_nodes(*nodes);
      layer.is_operator = is_operator(layer.what, text_or_empty(entry.find("module")), layer.nodes);
      if (!layer.is_operator) {
        take_call_flag(layer);
        std::ranges::for_each(layer.nodes, expect_tensors_only);
        layer.after = take_old_activation(name, layer.what, reading_.options);
      }
    }
    if (!by_name_.emplace(name, layers_.size()).second) throw Error("two layers have this name");
    layers_.push_back(std::move(layer));
  }

  /// What Keras says in an attention's calls is the layer's own.
  static void take_call_flag(Pending& layer) {
    const LayerType* type = layer_types::find(layer.what.class_name);
    if (type == nullptr || type->is_operation() || type->called_with.empty()) return;
    const std::string name(type->called_with);
    if (take_flag(layer.nodes, name)) layer.what.config.set(name, true);
  }

  /// Sets the number of each layer's first call: 0, but 1 for nested models of tf.keras, where the
  /// making of the model counts as node 0.
  void find_offsets() {
    std::map<std::string, bool> has_node_zero;
    const auto note = [&](const Reference& reference) {
      if (reference.node == 0) has_node_zero[reference.layer] = true;
    };
    for (const Pending& layer : layers_)
      for (const Node& node : layer.nodes) std::ranges::for_each(node.inputs, note);
    std::ranges::for_each(outputs_, note);
    for (Pending& layer : layers_) {
      if (is_model(layer.what.class_name) && layer.is_old_dialect &&
          !has_node_zero[name_of(*layer.entry)])
        layer.offset = 1;
    }
  }

  std::optional<Symbol> resolve(const Reference& reference) const {
    const auto found = by_name_.find(reference.layer);
    if (found == by_name_.end())
      throw Error(fmt::format("expected a layer \"{}\", which the file has not", reference.layer));
    const Pending& layer = layers_[found->second];
    const int64_t index = reference.node - layer.offset;
    const auto count =
        static_cast<int64_t>(layer.what.class_name == "InputLayer" ? 1 : layer.nodes.size());
    if (index < 0 || index >= count) {
      throw Error(fmt::format("expected call {} of layer \"{}\", which has {}", reference.node,
                              reference.layer, count));
    }
    if (index >= static_cast<int64_t>(layer.made.size())) return std::nullopt;
    const std::vector<Symbol>& results = layer.made[static_cast<size_t>(index)];
    const auto tensors = static_cast<int64_t>(results.size());
    if (reference.tensor < 0 || reference.tensor >= tensors) {
      throw Error(fmt::format("expected output {} of layer \"{}\", which has {}", reference.tensor,
                              reference.layer, tensors));
    }
    return results[static_cast<size_t>(reference.tensor)];
  }

  /// Makes those calls of a layer whose inputs are there. Returns a layer that must be called
  /// before the next one, or nullopt when all are made.
  std::optional<size_t> call_as_often_as_possible(Pending& layer) {
    while (layer.made.size() < layer.nodes.size()) {
      const Node& node = layer.nodes[layer.made.size()];
      std::vector<Symbol> inputs;
      for (const Reference& reference : node.inputs) {
        const auto symbol = resolve(reference);
        if (!symbol) return by_name_.at(reference.layer);
        inputs.push_back(*symbol);
      }
      if (inputs.empty() && !layer.is_operator)
        throw Error("expected a layer with inputs, received a call on none");
      if (layer.what.class_name == "Lambda") {
        if (inputs.size() != 1) throw Error("expected a Lambda layer of one input");
        layer.made.push_back({call_lambda(name_of(*layer.entry), inputs[0], reading_)});
        continue;
      }
      layer.made.push_back(layer.is_operator ? apply_operator(layer.what, node, inputs)
                                             : call(layer, node, inputs));
    }
    return std::nullopt;
  }

  /// Keras 3 numbers a nested model's calls from 0 where layers read them, but from 1 where the
  /// model's outputs do.
  Reference as_saved(Reference reference) const {
    const auto found = by_name_.find(reference.layer);
    if (found == by_name_.end()) return reference;
    const Pending& layer = layers_[found->second];
    const bool is_past_last = std::cmp_equal(reference.node, layer.nodes.size());
    if (is_model(layer.what.class_name) && !layer.is_old_dialect && is_past_last) --reference.node;
    return reference;
  }

  std::vector<Symbol> call(Pending& layer, const Node& node, const std::vector<Symbol>& inputs) {
    if (!layer.layer)
      layer.layer = make_layer(*layer.entry, layer.what, inputs[0].shape(), reading_);
    const Symbol first =
        (*layer.layer)(inputs, {.training = training_of(node, layer.what.class_name)});
    std::vector<Symbol> results;
    for (size_t i = 0; i < first.call()->output_shapes.size(); ++i)
      results.emplace_back(first.call(), static_cast<int>(i));
    for (const Layer& next : layer.after) results[0] = next(results[0]);
    return results;
  }

  std::vector<Symbol> resolve_all(const std::vector<Reference>& references, const char* what) {
    if (references.empty()) throw Error(fmt::format("expected a model with an {}", what));
    std::vector<Symbol> result;
    for (const Reference& reference : references) {
      const auto symbol = resolve(as_saved(reference));
      if (!symbol) throw Error(fmt::format("{} \"{}\" is never made", what, reference.layer));
      result.push_back(*symbol);
    }
    return result;
  }

  const Config& config_;
  Reading& reading_;

  std::vector<Reference> inputs_;
  std::vector<Reference> outputs_;
  std::vector<Pending> layers_;
  std::map<std::string, size_t> by_name_;
};

Functional build_model(const ClassAndConfig& model, const std::optional<Shape>& given,
                       Reading& reading) {
  if (!is_model(model.class_name)) {
    throw Error(fmt::format(
        "expected a Functional or Sequential model, received class {}; a model of a class of its "
        "own can be rebuilt in Keras as a Functional one, or its weights loaded by name",
        model.class_name));
  }
  Functional result = model.class_name == "Sequential"
                          ? build_sequential(model.config, given, reading)
                          : FunctionalBuilder(model.config, given, reading).build();
  set_own_flag(result, flag_of(model.config));
  return result;
}

/// The outputs of a dictionary keep its keys as names, which stand in their own order.
void note_output_keys(const Functional& model, const Config& outputs) {
  if (!outputs.is_map()) return;
  std::set<std::string> keys;
  for (const auto& [key, reference] : outputs.as_map()) keys.insert(key);
  if (keys.size() == model.outputs().size())
    keep_output_dictionary(model, {keys.begin(), keys.end()});
}

}  // namespace

Functional read_config(const Config& config, const ReadOptions& options,
                       std::vector<std::string>& dropped) {
  Reading reading{options, dropped};
  const ClassAndConfig whole = read_entry(config);
  Functional model = build_model(whole, options.input_shape, reading);
  if (const Config* outputs = whole.config.find("output_layers")) note_output_keys(model, *outputs);
  for (const auto& [name, expression] : options.lambdas) {
    if (reading.lambdas.contains(name)) continue;
    throw UsageError(fmt::format("--lambda {}: expected the name of a Lambda layer{}", name,
                                 reading.lambdas.empty()
                                     ? ", and the model has none"
                                     : fmt::format(" ({})", fmt::join(reading.lambdas, ", "))));
  }
  return model;
}

}  // namespace thaw::keras
