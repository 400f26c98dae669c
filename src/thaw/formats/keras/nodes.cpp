#include "thaw/formats/keras/nodes.h"

#include "thaw/core/error.h"

namespace thaw::keras {
namespace {

std::optional<bool> read_training(const Config& keywords) {
  const Config* training = keywords.find("training");
  if (training == nullptr || training->is_null()) return std::nullopt;
  if (training->is_integer()) return training->as_integer() != 0;
  return training->as_bool();
}

/// Keras 3 nests its tensors as the layer's call() takes them.
void collect_tensors(const Config& arguments, std::vector<Reference>& found) {
  if (arguments.is_list()) {
    for (const Config& item : arguments.as_list()) collect_tensors(item, found);
  } else if (const Config* kind = arguments.find("class_name");
             kind != nullptr && *kind == Config("__keras_tensor__")) {
    found.push_back(read_reference(arguments.at("config").at("keras_history")));
  } else if (!arguments.is_null()) {
    throw Error("expected a call on tensors of this model only, received the argument " +
                arguments.to_string().substr(0, 100));
  }
}

Node read_modern(const Config& config) {
  Node node;
  collect_tensors(config.at("args"), node.inputs);
  if (const Config* keywords = config.find("kwargs")) node.training = read_training(*keywords);
  return node;
}

Node read_old(const Config& config) {
  Node node;
  const auto add = [&](const Config& item) {
    node.inputs.push_back(read_reference(item));
    const auto& list = item.as_list();
    if (list.size() > 3 && list[3].is_map() && !node.training)
      node.training = read_training(list[3]);
  };
  const auto& list = config.as_list();
  if (!list.empty() && list[0].is_string()) {
    add(config);
  } else {
    for (const Config& item : list) add(item);
  }
  return node;
}

}  // namespace

Reference read_reference(const Config& config) {
  const auto& list = config.as_list();
  if (list.size() < 3)
    throw Error("expected [layer, node, tensor], received " + config.to_string().substr(0, 100));
  return {list[0].as_string(), list[1].as_integer(), list[2].as_integer()};
}

std::vector<Reference> read_references(const Config& config) {
  if (!config.is_list()) {
    throw Error("expected a list of layers, received " + config.to_string().substr(0, 100) +
                "; models whose inputs or outputs are named in a dictionary are not supported");
  }
  const auto& list = config.as_list();
  if (!list.empty() && list[0].is_string()) return {read_reference(config)};
  std::vector<Reference> result;
  for (const Config& item : list) result.push_back(read_reference(item));
  return result;
}

std::vector<Node> read_nodes(const Config& config) {
  std::vector<Node> result;
  for (const Config& item : config.as_list())
    result.push_back(item.is_map() ? read_modern(item) : read_old(item));
  return result;
}

}  // namespace thaw::keras
