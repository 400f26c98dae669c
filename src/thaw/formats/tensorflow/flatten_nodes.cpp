// What each node becomes: a constant, a variable's value, a call that is followed, or a node.
#include <fmt/format.h>

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/formats/tensorflow/flatten.h"
#include "thaw/formats/tensorflow/numbers.h"
#include "thaw/formats/tensorflow/operations.h"
#include "thaw/formats/tensorflow/simplify.h"

namespace thaw::tensorflow {
namespace {

using foreign::Constant;
using foreign::ForeignGraph;
using proto::NodeDef;

bool is_variable(const std::string& op) {
  return op == "VarHandleOp" || op == "VariableV2" || op == "Variable";
}

const proto::AttrValue* attribute(const NodeDef& node, const char* name) {
  const auto found = node.attr().find(name);
  return found == node.attr().end() ? nullptr : &found->second;
}

std::string function_of(const NodeDef& node, const char* name) {
  const proto::AttrValue* value = attribute(node, name);
  return value == nullptr ? std::string() : value->func().name();
}

Config attributes_of(const NodeDef& node) {
  Config::Map attributes;
  for (const auto& [name, value] : node.attr()) {
    if (name.starts_with('_')) continue;
    if (auto config = attribute_value(value)) attributes.emplace_back(name, std::move(*config));
  }
  std::ranges::sort(attributes, {}, &std::pair<std::string, Config>::first);
  return attributes;
}

/// The name under which a frozen variable was kept: without what reading it added.
std::string variable_name(std::string name) {
  for (const std::string_view ending : {"/resource", "/ReadVariableOp", "/read"})
    if (name.ends_with(ending)) name.resize(name.size() - ending.size());
  return name;
}

std::optional<int64_t> known_number(const foreign::Array& array) {
  if (array.elements() != 1 || !array.is_integer()) return std::nullopt;
  return array.integer();
}

/// Flags are folded here already, as conditions are decided by them.
std::optional<int64_t> folded(const std::string& op, const std::vector<Slot>& inputs) {
  if (inputs.empty() || !inputs[0].known) return std::nullopt;
  if (op == "LogicalNot") return inputs[0].known == 0 ? 1 : 0;
  if (op == "Cast") return inputs[0].known;
  if (inputs.size() < 2 || !inputs[1].known) return std::nullopt;
  if (op == "LogicalAnd") return *inputs[0].known != 0 && *inputs[1].known != 0 ? 1 : 0;
  if (op == "LogicalOr") return *inputs[0].known != 0 || *inputs[1].known != 0 ? 1 : 0;
  return std::nullopt;
}

}  // namespace

/// What makes no node: constants, variables, and what passes values on.
std::optional<std::vector<Slot>> Flattener::make_special(const NodeDef& node,
                                                         std::vector<Slot>& inputs) {
  const std::string& op = node.op();
  if (op == "Const") return std::vector{constant(node)};
  if (is_variable(op)) return std::vector{Slot{.kind = Slot::Kind::variable, .name = node.name()}};
  if (is_passed_through(op) && !inputs.empty()) {
    for (Slot& slot : inputs)
      if (op == "ReadVariableOp" && slot.kind == Slot::Kind::variable) slot = read(slot);
    return std::move(inputs);
  }
  if (op == "Placeholder" || op == "PlaceholderV2") {
    const proto::AttrValue* type = attribute(node, "dtype");
    // Keras's learning phase: no one trains.
    if (type != nullptr && type->type() == proto::DT_BOOL) return std::vector{flag(false)};
    if (type != nullptr && type->type() == proto::DT_STRING) return std::vector{Slot{}};
    throw Error(fmt::format(
        "node {}: expected one of the signature's inputs, received a graph that needs it too",
        node.name()));
  }
  if (op == "Merge" || op == "RefMerge") {
    std::vector<Slot> alive;
    for (Slot& slot : inputs)
      if (slot.kind != Slot::Kind::dead) alive.push_back(std::move(slot));
    if (alive.empty()) return std::vector(2, Slot{.kind = Slot::Kind::dead});
    if (alive.size() == 1) return std::vector{alive[0], Slot{}};
    throw Error(
        fmt::format("node {}: expected a condition that is known beforehand, received one "
                    "that depends on the input",
                    node.name()));
  }
  return std::nullopt;
}

std::optional<std::vector<Slot>> Flattener::make_condition(const NodeDef& node,
                                                           std::vector<Slot>& inputs) {
  const std::string& op = node.op();
  if (op == "PartitionedCall" || op == "StatefulPartitionedCall" || op == "XlaLaunch" ||
      op == "RemoteCall")
    return call(node, function_of(node, op == "XlaLaunch" ? "function" : "f"), inputs);
  const bool is_if = op == "If" || op == "StatelessIf";
  const bool is_switch = op == "Switch" || op == "RefSwitch";
  if ((!is_if && !is_switch) || inputs.size() < (is_switch ? 2U : 1U)) return std::nullopt;
  const std::optional<int64_t> condition = is_if ? inputs[0].known : inputs[1].known;
  if (!condition) {
    throw Error(
        fmt::format("node {} ({}): expected a condition that is known beforehand, received "
                    "one that depends on the input",
                    node.name(), op));
  }
  if (is_switch) {
    std::vector<Slot> sides(2, Slot{.kind = Slot::Kind::dead});
    sides[*condition != 0 ? 1 : 0] = inputs[0];
    return sides;
  }
  inputs.erase(inputs.begin());
  return call(node, function_of(node, *condition != 0 ? "then_branch" : "else_branch"), inputs);
}

std::vector<Slot> Flattener::call(const NodeDef& node, const std::string& name,
                                  std::vector<Slot> inputs) {
  spend(1);
  return with_context(fmt::format("node {} ({})", node.name(), node.op()),
                      [&] { return function(name, std::move(inputs)); });
}

Slot Flattener::constant(const NodeDef& node) {
  if (const auto found = constants_.find(&node); found != constants_.end()) return found->second;
  const proto::AttrValue* value = attribute(node, "value");
  if (value == nullptr) throw Error(fmt::format("node {}: expected a value", node.name()));
  const proto::DataType type = value->tensor().dtype();
  if (type == proto::DT_QINT8 || type == proto::DT_QUINT8 || type == proto::DT_QINT32) {
    throw Error(fmt::format(
        "node {}: expected weights as floats, received quantized ones ({}): take the graph from "
        "before it was quantized",
        node.name(), name_of(type)));
  }
  Slot slot;
  if (bytes_of(type) != 0) {
    Constant made{with_context(fmt::format("node {} (Const)", node.name()),
                               [&] { return array_of(value->tensor(), fill_left_); })};
    if (options_.names_constants && !made.array.is_integer() && made.array.shape().rank() > 0)
      made.name = variable_name(node.name());
    slot = {.kind = Slot::Kind::value,
            .name = own_name(node.name()),
            .known = known_number(made.array)};
    made_.constants.emplace(slot.name, std::move(made));
  }
  constants_[&node] = slot;
  return slot;
}

Slot Flattener::read(const Slot& variable) {
  const std::string name = "variable " + variable.name;
  if (!made_.constants.contains(name)) {
    if (!options_.read_variable) {
      throw Error(fmt::format(
          "variable \"{}\": expected a frozen graph, whose variables are constants, received one "
          "that reads them from a checkpoint: name the SavedModel's folder",
          variable.name));
    }
    made_.constants.emplace(name, options_.read_variable(variable.name));
  }
  return {.kind = Slot::Kind::value, .name = name};
}

std::vector<Slot> Flattener::emit(Frame& frame, const NodeDef& node, std::vector<Slot>& inputs) {
  foreign::Node made{.name = own_name(node.name()), .op = std::string(rule_name(node.op()))};
  for (const Slot& slot : inputs) {
    if (slot.kind == Slot::Kind::none) {
      throw Error(fmt::format(
          "node {} ({}): expected numbers, received text or something else that is none: name a "
          "model that is fed images as numbers",
          node.name(), node.op()));
    }
    made.inputs.push_back(slot.kind == Slot::Kind::variable ? read(slot).name : slot.name);
  }
  made.attributes = attributes_of(node);
  std::vector<Slot> slots;
  const std::optional<int64_t> known = folded(node.op(), inputs);
  for (int64_t i = 0; i < frame.outputs[&node]; ++i) {
    made.outputs.push_back(fmt::format("{}:{}", made.name, i));
    slots.push_back({.kind = Slot::Kind::value, .name = made.outputs.back(), .known = known});
  }
  made_.nodes.push_back(std::move(made));
  return slots;
}

std::string Flattener::own_name(const std::string& name) {
  std::string own = name;
  // A name so made may be another node's own: the next number is tried then.
  while (!taken_.insert(own).second) own = fmt::format("{}_{}", name, ++names_[name]);
  return own;
}

ForeignGraph Flattener::finish(const std::vector<Slot>& outputs) {
  std::set<std::string, std::less<>> needed;
  for (const Slot& slot : outputs) {
    if (slot.kind != Slot::Kind::value)
      throw Error("expected outputs that are numbers, received others");
    made_.outputs.push_back(slot.name);
    needed.insert(slot.name);
  }
  // Nodes are in order, so each is met behind all that read it.
  std::vector<foreign::Node> kept;
  for (size_t i = made_.nodes.size(); i-- > 0;) {
    foreign::Node& node = made_.nodes[i];
    const auto is_needed = [&](const std::string& value) { return needed.contains(value); };
    if (std::ranges::none_of(node.outputs, is_needed)) continue;
    needed.insert(node.inputs.begin(), node.inputs.end());
    kept.push_back(std::move(node));
  }
  std::ranges::reverse(kept);
  made_.nodes = std::move(kept);
  std::erase_if(made_.constants, [&](const auto& entry) { return !needed.contains(entry.first); });
  simplify(made_);
  shorten_names(made_);
  return std::move(made_);
}

}  // namespace thaw::tensorflow
