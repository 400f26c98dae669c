#include "thaw/formats/tensorflow/flatten.h"

#include <fmt/format.h>

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/formats/tensorflow/node_name.h"
#include "thaw/formats/tensorflow/operations.h"

namespace thaw::tensorflow {
namespace {

using foreign::Constant;
using proto::NodeDef;

constexpr int deepest_call = 64;
/// How many times the file's nodes the calls may make, beyond the first thousand.
constexpr size_t most_repeats = 20;

}  // namespace

Flattener::Flattener(const proto::GraphDef& graph, Options options)
    : graph_(graph), options_(std::move(options)) {
  size_t nodes = static_cast<size_t>(graph.node_size());
  for (const auto& function : graph.library().function()) {
    functions_.emplace(function.signature().name(), &function);
    nodes += static_cast<size_t>(function.node_def_size());
  }
  nodes_left_ = 1000 + most_repeats * nodes;
  for (const auto& node : graph.node()) outer_index_.emplace(node.name(), &node);
  outer_.emplace(Frame{.nodes = outer_index_});
}

Slot Flattener::input(const std::string& port, std::vector<int64_t> sizes) {
  made_.inputs.push_back({.name = own_name(port), .shape = std::move(sizes)});
  return {.kind = Slot::Kind::value, .name = made_.inputs.back().name};
}

void Flattener::feed(const std::string& reference, Slot slot) {
  const bool is_first = reference.ends_with(":0");
  outer_->given[is_first ? reference.substr(0, reference.size() - 2) : reference] = std::move(slot);
}

Slot Flattener::flag(bool value) {
  const std::string name = value ? "true" : "false";
  made_.constants.insert_or_assign("flag " + name,
                                   Constant{foreign::Array::scalar(int64_t{value ? 1 : 0})});
  return {.kind = Slot::Kind::value, .name = "flag " + name, .known = value ? 1 : 0};
}

std::vector<Slot> Flattener::outer(const std::vector<std::string>& references) {
  return run(*outer_, references);
}

const proto::FunctionDef* Flattener::find_function(const std::string& name) const {
  const auto found = functions_.find(name);
  return found == functions_.end() ? nullptr : found->second;
}

const Flattener::Index& Flattener::index_of(const proto::FunctionDef& function) {
  const auto [place, is_new] = indices_.try_emplace(&function);
  if (is_new)
    for (const auto& node : function.node_def()) place->second.emplace(node.name(), &node);
  return place->second;
}

std::vector<Slot> Flattener::function(const std::string& name, std::vector<Slot> arguments) {
  const proto::FunctionDef* definition = find_function(name);
  if (definition == nullptr)
    throw Error(fmt::format("expected the function {}, received a file without it", name));
  const auto& signature = definition->signature();
  if (static_cast<size_t>(signature.input_arg_size()) != arguments.size()) {
    throw Error(fmt::format("function {}: expected {} inputs, received {}", name,
                            signature.input_arg_size(), arguments.size()));
  }
  Frame frame{.nodes = index_of(*definition), .is_function = true};
  for (size_t i = 0; i < arguments.size(); ++i)
    frame.given[signature.input_arg(static_cast<int>(i)).name()] = std::move(arguments[i]);
  std::vector<std::string> wanted;
  for (const auto& output : signature.output_arg()) {
    const auto found = definition->ret().find(output.name());
    wanted.push_back(found == definition->ret().end() ? std::string() : found->second);
  }
  return run(frame, wanted);
}

Flattener::Reference Flattener::resolve(const Frame& frame, const std::string& reference) const {
  std::string_view rest = reference;
  if (!frame.is_function && rest.ends_with(":0")) rest.remove_suffix(2);
  const std::string whole(rest);
  if (const auto given = frame.given.find(whole); given != frame.given.end())
    return {.given = &given->second};
  const std::string name(rest.substr(0, rest.find(':')));
  const auto found = frame.nodes.find(name);
  if (found == frame.nodes.end()) {
    throw Error(fmt::format("expected a node {}, received a graph without it",
                            name.empty() ? reference : name));
  }
  rest.remove_prefix(std::min(name.size() + 1, rest.size()));
  const size_t colon = rest.find(':');
  const auto number = [](std::string_view text) {
    constexpr int64_t most_outputs = 100'000;
    const int64_t value = std::atoll(std::string(text).c_str());
    if (value < 0 || value > most_outputs)
      throw Error(fmt::format("expected an output of a node, received number {}", value));
    return value;
  };
  if (!frame.is_function) return {.node = found->second, .place = number(rest)};
  const int64_t index = colon == std::string_view::npos ? 0 : number(rest.substr(colon + 1));
  const std::string_view output = rest.substr(0, colon);
  int64_t place = output_place(found->second->op(), output, index);
  if (const proto::FunctionDef* called = find_function(found->second->op())) {
    for (int i = 0; i < called->signature().output_arg_size(); ++i)
      if (called->signature().output_arg(i).name() == output) place = i + index;
  }
  return {.node = found->second, .place = place};
}

Slot Flattener::look_up(const Frame& frame, const std::string& reference) const {
  const Reference found = resolve(frame, reference);
  if (found.given != nullptr) return *found.given;
  const auto made = frame.made.find(found.node);
  if (made == frame.made.end()) return {};
  const auto place = static_cast<size_t>(found.place);
  if (place >= made->second.size()) {
    throw Error(fmt::format("node {} ({}): expected at most {} outputs, and number {} is read",
                            found.node->name(), found.node->op(), made->second.size(), place));
  }
  return made->second[place];
}

void Flattener::spend(size_t nodes) {
  if (nodes > nodes_left_)
    throw Error("expected a model, received functions that repeat each other far too often");
  nodes_left_ -= nodes;
}

/// The nodes that `wanted` need and that are not made yet, each behind its inputs.
std::vector<const NodeDef*> Flattener::in_order(Frame& frame,
                                                const std::vector<std::string>& wanted) {
  std::vector<const NodeDef*> order;
  std::unordered_map<const NodeDef*, bool> is_done;
  struct Step {
    const NodeDef* node;
    int input;
  };
  std::vector<Step> steps;
  const auto visit = [&](const std::string& reference) {
    const Reference found = resolve(frame, reference);
    if (found.node == nullptr) return;
    int64_t& outputs = frame.outputs[found.node];
    outputs = std::max(outputs, found.place + 1);
    if (frame.made.contains(found.node)) return;
    const auto [place, is_new] = is_done.try_emplace(found.node, false);
    if (is_new) {
      spend(1 + static_cast<size_t>(found.node->input_size()) / 64);
      steps.push_back({found.node, 0});
    } else if (!place->second) {
      throw Error(fmt::format("expected a graph without loops, received one through node {} ({})",
                              found.node->name(), found.node->op()));
    }
  };
  for (const std::string& reference : wanted) {
    visit(reference);
    while (!steps.empty()) {
      Step& step = steps.back();
      if (step.input < data_inputs(*step.node)) {
        visit(step.node->input(step.input++));
        continue;
      }
      is_done[step.node] = true;
      order.push_back(step.node);
      steps.pop_back();
    }
  }
  return order;
}

std::vector<Slot> Flattener::run(Frame& frame, const std::vector<std::string>& wanted) {
  if (depth_ >= deepest_call)
    throw Error("expected functions, received some that call each other without end");
  ++depth_;
  for (const NodeDef* node : in_order(frame, wanted)) frame.made[node] = make(frame, *node);
  --depth_;
  std::vector<Slot> slots;
  slots.reserve(wanted.size());
  for (const std::string& reference : wanted) slots.push_back(look_up(frame, reference));
  return slots;
}

std::vector<Slot> Flattener::make(Frame& frame, const NodeDef& node) {
  std::vector<Slot> inputs;
  const int count = data_inputs(node);
  inputs.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) inputs.push_back(look_up(frame, node.input(i)));
  if (auto slots = make_special(node, inputs)) return std::move(*slots);
  const auto outputs = static_cast<size_t>(frame.outputs[&node]);
  const auto is_dead = [](const Slot& slot) { return slot.kind == Slot::Kind::dead; };
  if (std::ranges::any_of(inputs, is_dead))
    return std::vector<Slot>(outputs, Slot{.kind = Slot::Kind::dead});
  if (auto slots = make_condition(node, inputs)) return std::move(*slots);
  if (find_function(node.op()) != nullptr) return call(node, node.op(), std::move(inputs));
  return emit(frame, node, inputs);
}

}  // namespace thaw::tensorflow
