#include "thaw/formats/keras/write_config.h"

#include <map>
#include <optional>

#include "thaw/formats/keras/old_names.h"
#include "thaw/formats/keras/read_config.h"
#include "thaw/graph/layer_type.h"
#include "thaw/graph/output_dictionary.h"

namespace thaw::keras {
namespace {

using History = std::map<const Call*, int64_t>;  // the number of each call among its layer's

Config batch_shape(const Shape& shape) {
  Config result(Config::List{Config()});
  for (const int64_t size : shape.sizes()) result.append(size);
  return result;
}

Config object() { return Config(Config::Map{}); }

Config write_reference(const Symbol& symbol, const History& history) {
  return Config::List{symbol.call()->layer.name(), history.at(symbol.call().get()), symbol.index()};
}

Config write_tensor(const Symbol& symbol, const History& history) {
  return object()
      .set("class_name", "__keras_tensor__")
      .set("config", object()
                         .set("shape", batch_shape(symbol.shape()))
                         .set("dtype", "float32")
                         .set("keras_history", write_reference(symbol, history)));
}

Config write_call(const Call& call, const History& history) {
  Config::List tensors;
  for (const Symbol& symbol : call.inputs) tensors.push_back(write_tensor(symbol, history));
  Config keywords = object();
  const LayerDefinition* definition = call.layer.definition();
  const bool is_operation = definition != nullptr && definition->type().is_operation();
  if (call.training && !is_operation) keywords.set("training", *call.training);
  const std::string called_with(definition == nullptr ? "" : definition->type().called_with);
  if (is_operation && !called_with.empty()) tensors.push_back(definition->config().at(called_with));
  if (!is_operation && !called_with.empty() && definition->config().at(called_with) == Config(true))
    keywords.set(called_with, true);
  // Attention takes its tensors one by one, as an operation does; a merge takes a list.
  const bool one_by_one = tensors.size() == 1 || is_operation || !called_with.empty();
  Config arguments =
      one_by_one ? Config(std::move(tensors)) : Config(Config::List{Config(std::move(tensors))});
  return object().set("args", std::move(arguments)).set("kwargs", std::move(keywords));
}

/// As in Keras 3, a single reference is written without a list around it: then the model takes or
/// gives a tensor, and not a list of one.
Config write_ends(const std::vector<Symbol>& symbols, const History& history) {
  if (symbols.size() == 1) return write_reference(symbols[0], history);
  Config result(Config::List{});
  for (const Symbol& symbol : symbols) result.append(write_reference(symbol, history));
  return result;
}

Config write_leaf(const Layer& layer) {
  Config config = object();
  config.set("name", layer.name());
  const Config own = layer.definition()->config();
  if (layer.class_name() == "InputLayer") {
    config.set("batch_shape", own.at("batch_shape")).set("dtype", "float32");
    return config;
  }
  const LayerType& type = layer.definition()->type();
  // Of a Pipeline Keras takes nothing but its layers and name.
  if (!type.is_operation() && type.class_name != "Pipeline")
    config.set("trainable", layer.trainable()).set("dtype", "float32");
  for (const auto& [key, value] : own.as_map())
    if (key != type.called_with) config.set(key, value);
  return config;
}

/// Counts the models that hold each layer, and numbers the layers that several hold.
class Sharing {
 public:
  explicit Sharing(const Functional& model) { count(model); }

  std::optional<int64_t> number_of(const Layer& layer) {
    const auto found = holders_.find(layer.id());
    if (found == holders_.end() || found->second < 2) return std::nullopt;
    return numbers_.try_emplace(layer.id(), static_cast<int64_t>(numbers_.size())).first->second;
  }

 private:
  void count(const Functional& model) {
    for (const Layer& layer : model.layers()) {
      if (++holders_[layer.id()] == 1 && layer.nested() != nullptr) count(*layer.nested());
    }
  }

  std::map<const void*, int> holders_;
  std::map<const void*, int64_t> numbers_;
};

Config write_model(const Functional& model, Dialect dialect, Sharing& sharing);

std::string_view module_of(const Layer& layer) {
  if (layer.nested() == nullptr) return layer.definition()->type().module;
  return layer.class_name() == "Sequential" ? "keras" : "keras.src.models.functional";
}

Config write_layer(const Layer& layer, Dialect dialect, Sharing& sharing) {
  const bool is_model = layer.nested() != nullptr;
  Config entry = object();
  if (dialect == Dialect::keras_3) entry.set("module", std::string(module_of(layer)));
  const std::string_view class_name = layer.class_name();
  entry.set("class_name",
            std::string(dialect == Dialect::keras_3 ? class_name : own_class_name(class_name)));
  entry.set("config",
            is_model ? write_model(*layer.nested(), dialect, sharing) : write_leaf(layer));
  if (const auto number = sharing.number_of(layer)) entry.set(sharing_key, *number);
  if (dialect == Dialect::keras_3) {
    const bool has_own_name = layer.class_name() == "Functional";
    entry.set("registered_name", has_own_name ? Config("Functional") : Config());
  }
  return entry;
}

Config write_chain(const Functional& model, Dialect dialect, Sharing& sharing) {
  Config layers(Config::List{});
  for (const Layer& layer : model.layers()) layers.append(write_layer(layer, dialect, sharing));
  return object()
      .set("name", model.name())
      .set("trainable", model.trainable())
      .set("layers", std::move(layers))
      .set("build_input_shape", batch_shape(model.inputs()[0].shape()));
}

Config write_graph(const Functional& model, Dialect dialect, Sharing& sharing) {
  History history;
  std::map<const void*, Config::List> nodes;
  for (const auto& call : model.calls()) {
    auto& own = nodes[call->layer.id()];
    history[call.get()] = static_cast<int64_t>(own.size());
    if (call->inputs.empty() || call->layer.class_name() == "InputLayer") continue;
    own.push_back(write_call(*call, history));
  }
  Config layers(Config::List{});
  for (const Layer& layer : model.layers())
    layers.append(write_layer(layer, dialect, sharing)
                      .set("name", layer.name())
                      .set("inbound_nodes", nodes[layer.id()]));
  return object()
      .set("name", name_in_file(model))
      .set("trainable", model.trainable())
      .set("layers", std::move(layers))
      .set("input_layers", write_ends(model.inputs(), history))
      .set("output_layers", write_ends(model.outputs(), history));
}

Config write_model(const Functional& model, Dialect dialect, Sharing& sharing) {
  return model.class_name() == "Sequential" ? write_chain(model, dialect, sharing)
                                            : write_graph(model, dialect, sharing);
}

}  // namespace

std::string name_in_file(const Functional& model) {
  return model.name().empty() ? "functional" : model.name();
}

Config write_config(const Functional& model, Dialect dialect) {
  Sharing sharing(model);
  Config result = write_layer(Layer(model), dialect, sharing);
  const std::vector<std::string> keys = output_dictionary(model);
  if (keys.empty()) return result;
  Config config = result.at("config");
  const Config references = config.at("output_layers");
  Config outputs = object();
  for (size_t i = 0; i < keys.size(); ++i)
    outputs.set(keys[i], keys.size() == 1 ? references : references.as_list()[i]);
  return result.set("config", config.set("output_layers", std::move(outputs)));
}

}  // namespace thaw::keras
