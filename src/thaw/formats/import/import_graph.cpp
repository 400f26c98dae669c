#include "thaw/formats/import/import_graph.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/formats/import/node_order.h"
#include "thaw/formats/import/recognition.h"
#include "thaw/formats/import/rule.h"
#include "thaw/graph/functional.h"
#include "thaw/graph/network.h"

namespace thaw::foreign {
namespace {

/// Stands for a batch of any size in sums of shapes: no product of a network's sizes meets it.
constexpr int64_t any_batch = 10007;

bool is_channels(int64_t size) { return size == 1 || size == 3 || size == 4; }

/// Whether an input of rank 4 has its channels first.
bool has_channels_first(const ForeignGraph& graph, const GraphInput& input) {
  const auto& shape = input.shape;
  if (is_channels(shape[1]) != is_channels(shape[3])) return is_channels(shape[1]);
  for (const Node& node : graph.nodes) {
    if (node.op != "Transpose" || node.inputs.empty() || node.inputs[0] != input.name) continue;
    const Config* order = node.attributes.find("perm");
    if (order != nullptr && order->is_list() && order->as_list().size() == 4)
      return order->as_list()[1] != Config(3);
  }
  return graph.dialect == Dialect::onnx;
}

/// The sizes after the batch, in the foreign order, with what the file leaves open filled in.
std::vector<int64_t> settled_sizes(const GraphInput& input, bool channels_first,
                                   const LoadOptions& options) {
  std::vector<int64_t> sizes(input.shape.begin() + 1, input.shape.end());
  if (sizes.size() == 3 && options.input_shape && options.input_shape->rank() == 3) {
    const Shape& given = *options.input_shape;
    const std::vector<int64_t> wanted = channels_first
                                            ? std::vector<int64_t>{given[2], given[0], given[1]}
                                            : std::vector<int64_t>{given[0], given[1], given[2]};
    for (size_t axis = 0; axis < 3; ++axis)
      if (sizes[axis] < 1) sizes[axis] = wanted[axis];
  }
  if (sizes.size() == 3) {
    int64_t& channels = sizes[channels_first ? 0 : 2];
    if (channels < 1) channels = 3;
  }
  for (const int64_t size : sizes) {
    if (size < 1) {
      throw Error(fmt::format("the model leaves its input's size open ({}): say it (--image-size)",
                              fmt::join(input.shape, ", ")));
    }
  }
  return sizes;
}

/// Whether the convolutions have biases and no normalization: files for inference alone fold it.
bool has_folded_normalization(const Functional& model) {
  int64_t convolutions = 0;
  int64_t with_bias = 0;
  for (const Layer& layer : model.layers()) {
    if (layer.class_name() == "BatchNormalization") return false;
    if (!convolves(layer)) continue;
    ++convolutions;
    if (layer.variables().size() > 1) ++with_bias;
  }
  return convolutions >= 3 && 2 * with_bias > convolutions;
}

}  // namespace

/// Makes the layers of one graph.
class Importer {
 public:
  Importer(const ForeignGraph& graph, const LoadOptions& options)
      : graph_(graph),
        options_(options),
        order_(needed_in_order(graph)),
        uses_(count_uses(graph, order_)) {}

  ModelFile run() {
    expect_known_operations();
    choose_batch();
    assembler_.allow_known(graph_);
    for (const GraphInput& input : graph_.inputs)
      if (uses_.contains(input.name)) add_input(input);
    if (inputs_.empty())
      throw Error("expected a graph that reads an input, received one that reads none");
    for (const Node* node : order_) add_node(*node);
    ModelFile file{Functional(inputs_, outputs(), name())};
    if (has_folded_normalization(file.model)) {
      file.model.metadata().set(
          "imported",
          "batch normalization: none; where the network had some, the file has it folded into the "
          "convolutions, and fine-tuning moves both as one");
    }
    file.dropped = assembler_.notes();
    return file;
  }

 private:
  void expect_known_operations() const {
    std::map<std::string, std::pair<int, std::string>> unknown;
    for (const Node* node : order_) {
      if (find_rule(graph_.dialect, node->op) != nullptr) continue;
      auto& [count, example] = unknown[node->op];
      if (count++ == 0) example = node->name;
    }
    if (unknown.empty()) return;
    std::vector<std::string> lines;
    lines.reserve(unknown.size());
    for (const auto& [op, where] : unknown) {
      lines.push_back(where.first == 1 ? fmt::format("{} (\"{}\")", op, where.second)
                                       : fmt::format("{} ({} times, first \"{}\")", op, where.first,
                                                     where.second));
    }
    throw Error(fmt::format("operations that no layer here does: {}", fmt::join(lines, ", ")));
  }

  void choose_batch() {
    assembler_.batch_ = any_batch;
    for (const GraphInput& input : graph_.inputs) {
      if (!uses_.contains(input.name)) continue;
      if (input.shape.empty())
        throw Error(fmt::format("input \"{}\": expected a batch of images", input.name));
      if (input.shape[0] >= 1) assembler_.batch_ = input.shape[0];
    }
  }

  void add_input(const GraphInput& given) {
    with_context(fmt::format("input \"{}\"", given.name), [&] {
      const bool first = given.shape.size() == 4 && has_channels_first(graph_, given);
      const std::vector<int64_t> sizes = settled_sizes(given, first, options_);
      if (sizes.empty()) throw Error("expected sizes beside the batch's");
      Value value{.axes = {{0}}};
      if (first) {
        value.symbol = thaw::input({sizes[1], sizes[2], sizes[0]}, layer_name(given.name));
        value.axes = {{0}, {3}, {1}, {2}};
      } else {
        value.symbol = thaw::input(Shape(std::vector<int64_t>(sizes)), layer_name(given.name));
        for (int axis = 1; axis <= static_cast<int>(sizes.size()); ++axis)
          value.axes.push_back({axis});
      }
      inputs_.push_back(value.symbol);
      keep(given.name, std::move(value), {});
    });
  }

  std::string layer_name(const std::string& name) { return assembler_.fresh_name(name); }

  void keep(const std::string& name, Value value, std::span<const Value> from) {
    const auto uses = uses_.find(name);
    value.uses = uses == uses_.end() ? 0 : uses->second;
    // What only looks otherwise at a symbol that others read too is not alone with it.
    for (const Value& input : from)
      if (!input.is_known() && input.symbol == value.symbol && input.uses > 1)
        value.uses = std::max(value.uses, 2);
    values_.insert_or_assign(name, std::move(value));
  }

  Value value_of(const std::string& name) const {
    if (name.empty()) return {};
    if (const auto found = values_.find(name); found != values_.end()) return found->second;
    const auto constant = graph_.constants.find(name);
    if (constant == graph_.constants.end())
      throw Error(fmt::format("reads \"{}\", which was not given", name));
    return {.constant = constant->second};
  }

  void add_node(const Node& node) {
    with_context(fmt::format("node \"{}\" ({})", node.name, node.op), [&] {
      const Rule& rule = *find_rule(graph_.dialect, node.op);
      assembler_.begin_node(node);
      std::vector<Value> inputs;
      for (const std::string& name : node.inputs) {
        Value value = value_of(name);
        inputs.push_back(rule.takes_repeated ? std::move(value) : assembler_.repeat(value));
      }
      const std::vector<Value> from = inputs;
      const RuleCall call(node, graph_, std::move(inputs), assembler_, rule.word);
      std::vector<Value> results = rule.apply(call);
      for (size_t i = 0; i < node.outputs.size(); ++i) {
        if (node.outputs[i].empty()) continue;
        if (i < results.size()) {
          keep(node.outputs[i], std::move(results[i]), from);
        } else if (uses_.contains(node.outputs[i])) {
          throw Error(fmt::format("output {} is read, and no layer here gives it", i));
        }
      }
    });
  }

  std::vector<Symbol> outputs() {
    std::vector<Symbol> results;
    for (const std::string& name : graph_.outputs) {
      const Value value = assembler_.repeat(value_of(name));
      if (value.is_known()) continue;
      results.push_back(with_context(fmt::format("output \"{}\"", name),
                                     [&] { return assembler_.output(value); }));
    }
    if (results.empty()) throw Error("expected an output that depends on the input");
    return results;
  }

  std::string name() {
    std::string result = graph_.name.empty() ? "model" : graph_.name;
    for (char& letter : result)
      if (letter == '/' || letter == ':') letter = '_';
    return result;
  }

  const ForeignGraph& graph_;
  const LoadOptions& options_;
  std::vector<const Node*> order_;
  std::map<std::string, int, std::less<>> uses_;
  Assembler assembler_;
  std::vector<Symbol> inputs_;
  std::map<std::string, Value, std::less<>> values_;
};

ModelFile import_graph(ForeignGraph graph, const LoadOptions& options) {
  recognize_batch_normalization(graph);
  fold_constants(graph);
  recognize_layer_normalization(graph);
  recognize_group_normalization(graph);
  recognize_activations(graph);
  return Importer(graph, options).run();
}

}  // namespace thaw::foreign
