#include "thaw/formats/import/rewriting.h"

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/formats/import/node_order.h"
#include "thaw/formats/import/rule.h"

namespace thaw::foreign {
namespace {

/// How far back a value's bases are looked for.
constexpr size_t most_bases = 24;

/// The outputs of a node whose inputs are known, by its rule; empty where it cannot be folded.
std::vector<Value> fold(const ForeignGraph& graph, const Node& node, std::vector<Value> inputs,
                        Assembler& assembler) {
  const Rule* rule = find_rule(graph.dialect, node.op);
  if (rule == nullptr) return {};
  try {
    assembler.begin_node(node);
    std::vector<Value> results =
        rule->apply(RuleCall(node, graph, std::move(inputs), assembler, rule->word));
    if (std::ranges::all_of(results, &Value::is_known)) return results;
  } catch (const Error&) {
    // The importer meets the node again, and says what is wrong with it.
  }
  return {};
}

}  // namespace

Rewriting::Rewriting(ForeignGraph& graph)
    : graph_(graph), outputs_(graph.outputs.begin(), graph.outputs.end()) {
  for (const Node* node : needed_in_order(graph)) {
    Node& own = graph.nodes[static_cast<size_t>(node - graph.nodes.data())];
    places_[&own] = nodes_.size();
    nodes_.push_back(&own);
    for (const std::string& output : own.outputs) producers_[output] = &own;
    for (const std::string& input : own.inputs) readers_[input].push_back(&own);
  }
}

Node* Rewriting::producer(std::string_view value) const {
  const auto found = producers_.find(value);
  return found == producers_.end() ? nullptr : found->second;
}

const Constant* Rewriting::constant(std::string_view value) const {
  const auto found = graph_.constants.find(value);
  return found == graph_.constants.end() ? nullptr : &found->second;
}

std::optional<std::vector<Node*>> Rewriting::between(const std::string& base, Node& last,
                                                     size_t most) const {
  std::vector<Node*> found = {&last};
  for (size_t next = 0; next < found.size(); ++next) {
    for (const std::string& input : found[next]->inputs) {
      if (input == base || input.empty() || constant(input) != nullptr) continue;
      Node* node = producer(input);
      if (node == nullptr) return std::nullopt;
      if (std::ranges::find(found, node) == found.end()) found.push_back(node);
      if (found.size() > most) return std::nullopt;
    }
  }
  for (const Node* node : found) {
    if (node == &last) continue;
    for (const std::string& output : node->outputs) {
      if (outputs_.contains(output)) return std::nullopt;
      const auto readers = readers_.find(output);
      if (readers == readers_.end()) continue;
      for (const Node* reader : readers->second)
        if (std::ranges::find(found, reader) == found.end()) return std::nullopt;
    }
  }
  std::ranges::sort(found, {}, [&](const Node* node) { return places_.at(node); });
  return found;
}

std::vector<std::string> Rewriting::bases(const Node& node,
                                          const std::set<std::string, std::less<>>& ops) const {
  // Breadth first back from the node; a value is a base where nothing else is left to look at.
  std::vector<std::string> open;
  std::vector<std::string> result;
  const auto add_inputs = [&](const Node& of) {
    for (const std::string& input : of.inputs) {
      if (input.empty() || constant(input) != nullptr) continue;
      if (std::ranges::find(open, input) == open.end()) open.push_back(input);
    }
  };
  if (!ops.contains(node.op)) return {};
  add_inputs(node);
  const auto place_of = [&](const std::string& value) {
    const Node* from = producer(value);
    return from == nullptr ? size_t{0} : places_.at(from) + 1;
  };
  for (size_t step = 0; step < 4 * most_bases && !open.empty() && result.size() < most_bases;
       ++step) {
    if (open.size() == 1) result.push_back(open[0]);
    // The one that is computed last is looked into first.
    const auto latest = std::ranges::max_element(open, {}, place_of);
    const Node* from = producer(*latest);
    if (from == nullptr || !ops.contains(from->op)) break;
    open.erase(latest);
    add_inputs(*from);
  }
  return result;
}

void replace_runs(Rewriting& graph, const std::set<std::string, std::less<>>& ops,
                  size_t most_nodes, TryFirst first,
                  const std::function<bool(Node& last, const std::string& base,
                                           std::span<Node* const> nodes)>& replace) {
  std::set<const Node*> replaced;
  for (size_t at = graph.nodes().size(); at-- > 0;) {
    Node& last = *graph.nodes()[at];
    if (replaced.contains(&last)) continue;
    std::vector<std::string> bases = graph.bases(last, ops);
    if (first == TryFirst::farthest) std::ranges::reverse(bases);
    for (const std::string& base : bases) {
      const auto nodes = graph.between(base, last, most_nodes);
      if (!nodes || nodes->size() < 2 || !replace(last, base, *nodes)) continue;
      replaced.insert(nodes->begin(), nodes->end());
      break;
    }
  }
}

void fold_constants(ForeignGraph& graph) {
  const std::vector<const Node*> order = needed_in_order(graph);
  Assembler assembler;
  assembler.allow_known(graph);
  std::set<const Node*> gone;
  for (const Node* node : order) {
    std::vector<Value> inputs;
    bool is_known = !node->inputs.empty();
    for (const std::string& name : node->inputs) {
      const auto constant = graph.constants.find(name);
      is_known = is_known && (name.empty() || constant != graph.constants.end());
      if (!is_known) break;
      inputs.push_back(name.empty() ? Value{} : Value{.constant = constant->second});
    }
    if (!is_known) continue;
    std::vector<Value> results = fold(graph, *node, std::move(inputs), assembler);
    if (results.size() < node->outputs.size()) continue;
    for (size_t i = 0; i < node->outputs.size(); ++i)
      if (!node->outputs[i].empty())
        graph.constants.emplace(node->outputs[i], *results[i].constant);
    gone.insert(node);
  }
  std::erase_if(graph.nodes, [&](const Node& node) { return gone.contains(&node); });
}

std::optional<Array> evaluate(const ForeignGraph& graph, std::span<Node* const> nodes,
                              const std::string& base, const Array& numbers) {
  std::map<std::string, Value, std::less<>> values;
  values[base] = Assembler::known(numbers);
  Assembler assembler;
  for (const Node* node : nodes) {
    std::vector<Value> inputs;
    for (const std::string& name : node->inputs) {
      if (const auto found = values.find(name); found != values.end()) {
        inputs.push_back(found->second);
      } else {
        const auto constant = graph.constants.find(name);
        inputs.push_back(constant == graph.constants.end() ? Value{}
                                                           : Value{.constant = constant->second});
      }
    }
    std::vector<Value> results = fold(graph, *node, std::move(inputs), assembler);
    if (results.empty()) return std::nullopt;
    for (size_t i = 0; i < std::min(results.size(), node->outputs.size()); ++i)
      values.insert_or_assign(node->outputs[i], std::move(results[i]));
  }
  return values.at(nodes.back()->outputs.at(0)).constant->array;
}

}  // namespace thaw::foreign
