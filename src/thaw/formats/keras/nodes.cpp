#include "thaw/formats/keras/nodes.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "thaw/core/error.h"

namespace thaw::keras {
namespace {

constexpr const char* tensor_key = "tensor";

std::optional<bool> read_training(const Config& keywords) {
  const Config* training = keywords.find("training");
  if (training == nullptr || training->is_null()) return std::nullopt;
  if (training->is_integer()) return training->as_integer() != 0;
  return training->as_bool();
}

/// The members of a dictionary of tensors in the order in which Keras counts them: by their keys,
/// however they were written.
std::vector<std::pair<std::string, Config>> by_key(const Config& dictionary) {
  std::vector<std::pair<std::string, Config>> members(dictionary.as_map().begin(),
                                                      dictionary.as_map().end());
  std::ranges::sort(members, {}, &std::pair<std::string, Config>::first);
  return members;
}

/// The argument that stands for a new input of the node.
Config add_input(Reference reference, Node& node) {
  node.inputs.push_back(std::move(reference));
  return Config(Config::Map{}).set(tensor_key, static_cast<int64_t>(node.inputs.size() - 1));
}

bool is_class(const Config& value, const char* class_name) {
  const Config* found = value.find("class_name");
  return found != nullptr && *found == Config(class_name);
}

/// ["name", 0, 0, …] within a call of tf.keras.
bool is_old_reference(const Config& value) {
  if (!value.is_list()) return false;
  const auto& list = value.as_list();
  return list.size() >= 3 && list[0].is_string() && list[1].is_integer() && list[2].is_integer();
}

/// An argument of Keras 3 in a node's words: tensors are noted, arrays become lists.
Config read_argument(const Config& value, Node& node) {
  if (is_class(value, "__keras_tensor__"))
    return add_input(read_reference(value.at("config").at("keras_history")), node);
  if (is_class(value, "__numpy__") || is_class(value, "__tensor__"))
    return value.at("config").at("value");
  if (is_old_reference(value)) return add_input(read_reference(value), node);
  if (value.is_list()) {
    Config result(Config::List{});
    for (const Config& item : value.as_list()) result.append(read_argument(item, node));
    return result;
  }
  if (value.is_map() && value.find("class_name") == nullptr) {
    Config result(Config::Map{});
    for (const auto& [key, item] : by_key(value)) result.set(key, read_argument(item, node));
    return result;
  }
  return value;
}

Node read_modern(const Config& config) {
  Node node;
  node.arguments = read_argument(config.at("args"), node);
  if (const Config* keywords = config.find("kwargs")) {
    node.training = read_training(*keywords);
    for (const auto& [key, value] : keywords->as_map())
      node.keywords.set(key, read_argument(value, node));
  }
  return node;
}

/// ["name", 0, 0, {keywords}], or ["_CONSTANT_VALUE", -1, 3, {keywords}].
Config read_old_item(const Config& item, Node& node) {
  const auto& list = item.as_list();
  const bool is_constant = list.size() > 2 && list[0] == Config("_CONSTANT_VALUE");
  Config result = is_constant ? list[2] : add_input(read_reference(item), node);
  if (list.size() <= 3 || !list[3].is_map()) return result;
  if (!node.training) node.training = read_training(list[3]);
  for (const auto& [key, value] : list[3].as_map())
    if (node.keywords.find(key) == nullptr) node.keywords.set(key, read_argument(value, node));
  return result;
}

Node read_old(const Config& config) {
  Node node;
  if (config.is_map()) {  // a dictionary of tensors
    for (const auto& [key, item] : by_key(config)) node.arguments.append(read_old_item(item, node));
    return node;
  }
  const auto& list = config.as_list();
  if (!list.empty() && list[0].is_string()) {
    node.arguments.append(read_old_item(config, node));
  } else {
    Config items(Config::List{});
    for (const Config& item : list) items.append(read_old_item(item, node));
    // One tensor and a list of one look alike.
    node.arguments = items.as_list().size() == 1 ? items : Config(Config::List{items});
  }
  return node;
}

/// Whether there is anything in `value` but tensors and nothing.
const Config* other_than_tensors(const Config& value) {
  if (value.is_null() || tensor_of(value)) return nullptr;
  if (value.is_list()) {
    for (const Config& item : value.as_list())
      if (const Config* found = other_than_tensors(item)) return found;
    return nullptr;
  }
  if (value.is_map() && value.find("class_name") == nullptr) {
    for (const auto& [key, item] : value.as_map())
      if (const Config* found = other_than_tensors(item)) return found;
    return nullptr;
  }
  return &value;
}

}  // namespace

std::optional<size_t> tensor_of(const Config& argument) {
  const Config* index = argument.find(tensor_key);
  if (index == nullptr || !index->is_integer() || argument.as_map().size() != 1)
    return std::nullopt;
  return static_cast<size_t>(index->as_integer());
}

bool has_tensors_only(const Node& node) { return other_than_tensors(node.arguments) == nullptr; }

void expect_tensors_only(const Node& node) {
  if (const Config* other = other_than_tensors(node.arguments)) {
    throw Error("expected a call on tensors of this model only, received the argument " +
                other->to_string().substr(0, 100));
  }
  constexpr const char* known[] = {"training", "mask", "inputs", "query", "value", "key"};
  for (const auto& [name, value] : node.keywords.as_map()) {
    if (std::ranges::find(known, name) != std::end(known)) continue;
    const bool says_nothing =
        value.is_null() || value == Config(false) ||
        (value.is_map() && other_than_tensors(value) == nullptr && !tensor_of(value));
    if (!says_nothing) {
      throw Error("expected a call without " + name + ", received " +
                  value.to_string().substr(0, 60));
    }
  }
}

bool take_flag(std::vector<Node>& nodes, const std::string& name) {
  size_t set = 0;
  for (Node& node : nodes) {
    const Config* value = node.keywords.find(name);
    if (value == nullptr || *value != Config(true)) continue;
    ++set;
    node.keywords.set(name, false);
  }
  if (set != 0 && set != nodes.size())
    throw Error("expected the same " + name + " in each call of the layer");
  return set != 0;
}

Reference read_reference(const Config& config) {
  const auto& list = config.as_list();
  if (list.size() < 3)
    throw Error("expected [layer, node, tensor], received " + config.to_string().substr(0, 100));
  return {list[0].as_string(), list[1].as_integer(), list[2].as_integer()};
}

std::vector<Reference> read_references(const Config& config) {
  std::vector<Reference> result;
  const auto add = [&](const auto& self, const Config& value) -> void {
    if (value.is_map()) {
      for (const auto& [key, item] : by_key(value)) self(self, item);
    } else if (const auto& list = value.as_list(); !list.empty() && list[0].is_string()) {
      result.push_back(read_reference(value));
    } else {
      for (const Config& item : list) self(self, item);
    }
  };
  add(add, config);
  return result;
}

std::vector<Node> read_nodes(const Config& config) {
  std::vector<Node> result;
  for (const Config& item : config.as_list())
    result.push_back(item.find("args") != nullptr ? read_modern(item) : read_old(item));
  return result;
}

}  // namespace thaw::keras
