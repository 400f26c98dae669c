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

void add_number(const Config& value, Node& node) {
  if (node.number) throw Error("expected a call on at most one number, received two");
  node.number = value.as_number();
  node.number_is_first = node.inputs.empty();
}

/// In Keras 3 tensors are nested in lists, just as they are passed to the layer's call().
void collect_arguments(const Config& arguments, Node& node) {
  if (arguments.is_list()) {
    for (const Config& item : arguments.as_list()) collect_arguments(item, node);
  } else if (arguments.is_number()) {
    add_number(arguments, node);
  } else if (const Config* kind = arguments.find("class_name");
             kind != nullptr && *kind == Config("__keras_tensor__")) {
    node.inputs.push_back(read_reference(arguments.at("config").at("keras_history")));
  } else if (!arguments.is_null()) {
    throw Error("expected a call on tensors of this model only, received the argument " +
                arguments.to_string().substr(0, 100));
  }
}

Node read_modern(const Config& config) {
  Node node;
  collect_arguments(config.at("args"), node);
  if (const Config* keywords = config.find("kwargs")) node.training = read_training(*keywords);
  return node;
}

Node read_old(const Config& config) {
  Node node;
  const auto add = [&](const Config& item) {
    const auto& list = item.as_list();
    const bool is_number = list.size() > 2 && list[0] == Config("_CONSTANT_VALUE");
    if (is_number) {
      add_number(list[2], node);
    } else {
      node.inputs.push_back(read_reference(item));
    }
    if (list.size() <= 3 || !list[3].is_map()) return;
    if (!node.training) node.training = read_training(list[3]);
    if (const Config* other = list[3].find("y"); other != nullptr && other->is_number()) {
      add_number(*other, node);
    } else if (other != nullptr && other->is_list()) {
      node.inputs.push_back(read_reference(*other));
    }
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
