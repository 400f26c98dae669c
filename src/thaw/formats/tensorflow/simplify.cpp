#include "thaw/formats/tensorflow/simplify.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace thaw::tensorflow {
namespace {

using foreign::Array;
using foreign::Constant;
using foreign::ForeignGraph;
using foreign::Node;

/// A graph while nodes are replaced in it.
class Simplifier {
 public:
  explicit Simplifier(ForeignGraph& graph) : graph_(graph) {
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
      for (const std::string& output : graph.nodes[i].outputs) makers_[output] = i;
      for (const std::string& input : graph.nodes[i].inputs) {
        ++uses_[input];
        readers_[input] = i;
      }
    }
    for (const std::string& output : graph.outputs) ++uses_[output];
  }

  void run() {
    leave_out_chance();
    const size_t count = graph_.nodes.size();
    for (size_t i = 0; i < count; ++i) {
      if (graph_.nodes[i].op == "BatchToSpaceND") merge_dilated(i);
      if (graph_.nodes[i].op == "Erfc") rewrite_complement(i);
      if (graph_.nodes[i].op.starts_with("FusedBatchNorm")) merge_layer_normalization(i);
      if (graph_.nodes[i].op == "Einsum") merge_bias(i);
    }
    rename();
    std::vector<Node> kept;
    for (size_t i = 0; i < graph_.nodes.size(); ++i)
      if (!gone_.contains(i)) kept.push_back(std::move(graph_.nodes[i]));
    graph_.nodes = std::move(kept);
  }

 private:
  static constexpr size_t none = static_cast<size_t>(-1);

  /// Who makes a value; `none` for inputs and constants.
  size_t maker(const std::string& value) const {
    const auto found = makers_.find(value);
    return found == makers_.end() ? none : found->second;
  }
  /// The same where nobody else reads the value, and the node is still there.
  size_t sole_maker(const std::string& value) const {
    const size_t node = maker(value);
    const auto uses = uses_.find(value);
    const bool is_sole = uses != uses_.end() && uses->second == 1;
    return node != none && is_sole && !gone_.contains(node) ? node : none;
  }

  /// On what a value depends.
  enum class Origin { known, chance, image };

  /// Of what its inputs are made; nodes are in order.
  Origin origin_of(const Node& node, const std::unordered_map<std::string, Origin>& origins) const {
    if (node.op.starts_with("StatelessRandom") || node.op.starts_with("Random"))
      return Origin::chance;
    if (node.op == "Shape" || node.op == "ShapeN") return Origin::known;
    Origin result = Origin::known;
    for (const std::string& input : node.inputs) {
      const auto found = origins.find(input);
      const Origin own = found == origins.end() ? Origin::known : found->second;
      if (own == Origin::image) return own;
      if (own == Origin::chance) result = own;
    }
    return result;
  }

  /// Keras 3 has saved models whose augmentation went on while they serve: images that chance
  /// flips, turns or moves stay as they are.
  void leave_out_chance() {
    std::unordered_map<std::string, Origin> origins;
    for (const foreign::GraphInput& input : graph_.inputs) origins[input.name] = Origin::image;
    const auto is = [&](const std::string& value, Origin origin) {
      const auto found = origins.find(value);
      return found != origins.end() && found->second == origin;
    };
    for (Node& node : graph_.nodes) {
      const bool is_moved = node.op.starts_with("ImageProjectiveTransformV") &&
                            node.inputs.size() >= 2 && is(node.inputs[1], Origin::chance) &&
                            is(node.inputs[0], Origin::image);
      const bool is_chosen = node.op == "Where" && node.inputs.size() == 3 &&
                             is(node.inputs[0], Origin::chance) &&
                             is(node.inputs[2], Origin::image);
      if (is_moved || is_chosen) {
        node.inputs = {node.inputs[is_moved ? 0 : 2]};
        node.op = "thaw.WithoutChance";
      }
      const Origin origin = origin_of(node, origins);
      for (const std::string& output : node.outputs) origins[output] = origin;
    }
  }

  void merge_dilated(size_t at) {
    const Node& back = graph_.nodes[at];
    if (back.inputs.size() != 3 || back.outputs.size() != 1) return;
    size_t inner = sole_maker(back.inputs[0]);
    if (inner == none) return;
    // A bias may stand between: it is the same behind.
    if (graph_.nodes[inner].op == "BiasAdd") inner = sole_maker(graph_.nodes[inner].inputs[0]);
    if (inner == none) return;
    Node& convolution = graph_.nodes[inner];
    const bool is_depthwise = convolution.op == "DepthwiseConv2dNative";
    if ((!is_depthwise && convolution.op != "Conv2D") || convolution.inputs.size() != 2) return;
    const size_t first = maker(convolution.inputs[0]);
    if (first == none || graph_.nodes[first].op != "SpaceToBatchND" ||
        graph_.nodes[first].inputs.size() != 3)
      return;
    const Node& space = graph_.nodes[first];
    convolution.op = is_depthwise ? "thaw.DilatedDepthwiseConv2D" : "thaw.DilatedConv2D";
    convolution.inputs = {space.inputs[0], convolution.inputs[1], space.inputs[1],
                          space.inputs[2], back.inputs[1],        back.inputs[2]};
    renamed_[back.outputs[0]] = back.inputs[0];
    gone_.insert(at);
    if (--uses_[space.outputs[0]] == 0) gone_.insert(first);
  }

  /// The only node that reads a value; `none` where several do, or a graph's output is it.
  size_t sole_reader(const std::string& value) const {
    const auto uses = uses_.find(value);
    const auto reader = readers_.find(value);
    return uses != uses_.end() && uses->second == 1 && reader != readers_.end() ? reader->second
                                                                                : none;
  }
  const Node* made_by(const std::string& value, std::string_view op) const {
    const size_t node = maker(value);
    return node != none && graph_.nodes[node].op == op ? &graph_.nodes[node] : nullptr;
  }
  /// The other input of a node, where it is a weight; empty otherwise.
  std::string weight_beside(const Node& node, const std::string& value) const {
    if (node.inputs.size() != 2) return {};
    const std::string& other = node.inputs[node.inputs[0] == value ? 1 : 0];
    const auto found = graph_.constants.find(other);
    return found != graph_.constants.end() && !found->second.array.is_integer() ? other
                                                                                : std::string();
  }

  /// A projection's bias becomes its third input.
  void merge_bias(size_t at) {
    Node& product = graph_.nodes[at];
    if (product.inputs.size() != 2 || product.outputs.size() != 1) return;
    const size_t sum = sole_reader(product.outputs[0]);
    if (sum == none || graph_.nodes[sum].op != "Add") return;
    const std::string bias = weight_beside(graph_.nodes[sum], product.outputs[0]);
    if (bias.empty()) return;
    product.inputs.push_back(bias);
    product.outputs = graph_.nodes[sum].outputs;
    graph_.nodes[sum] = std::move(product);
    gone_.insert(at);
  }

  /// tf.keras writes LayerNormalization as batch normalization of an image [1, rows, size, 1],
  /// whose channels are the rows, back in x's shape and then times gamma, plus beta.
  void merge_layer_normalization(size_t at) {
    const Node& fused = graph_.nodes[at];
    const Config* training = fused.attributes.find("is_training");
    const bool takes_batch = training == nullptr || *training == Config(true);
    const Config* format = fused.attributes.find("data_format");
    if (!takes_batch || format == nullptr || *format != Config("NCHW") || fused.inputs.empty())
      return;
    const Node* rows = made_by(fused.inputs[0], "Reshape");
    const Node* sizes = rows == nullptr ? nullptr : made_by(rows->inputs.at(1), "Pack");
    if (sizes == nullptr || sizes->inputs.size() != 4) return;
    // The size of a row is the product of x's last sizes.
    const Node* product = made_by(sizes->inputs[2], "Prod");
    const Node* last_sizes =
        product == nullptr ? nullptr : made_by(product->inputs.at(0), "StridedSlice");
    if (last_sizes == nullptr || last_sizes->inputs.size() != 4) return;
    const Node* shape = made_by(last_sizes->inputs[0], "Shape");
    const std::string& x = rows->inputs[0];
    size_t last = sole_reader(fused.outputs.at(0));
    if (last == none || graph_.nodes[last].op != "Reshape" || shape == nullptr ||
        shape->inputs.at(0) != x || graph_.nodes[last].inputs.at(1) != last_sizes->inputs[0])
      return;
    Node made{.name = graph_.nodes[last].name,
              .op = "thaw.FusedLayerNormalization",
              .inputs = {x, last_sizes->inputs[1], "", ""}};
    if (const Config* epsilon = fused.attributes.find("epsilon"))
      made.attributes.set("epsilon", *epsilon);
    for (const auto& [op, place] : {std::pair("Mul", size_t{2}), std::pair("Add", size_t{3})}) {
      const std::string& value = graph_.nodes[last].outputs.at(0);
      const size_t next = sole_reader(value);
      if (next == none || graph_.nodes[next].op != op) continue;
      const std::string weight = weight_beside(graph_.nodes[next], value);
      if (weight.empty()) break;
      made.inputs[place] = weight;
      last = next;
    }
    made.outputs = graph_.nodes[last].outputs;
    graph_.nodes[last] = std::move(made);
  }

  /// erfc(−k·x) is 1 + erf(k·x).
  void rewrite_complement(size_t at) {
    const std::string inner = graph_.nodes[at].inputs.empty() ? "" : graph_.nodes[at].inputs[0];
    const size_t product = maker(inner);
    if (product == none || graph_.nodes[product].inputs.empty()) return;
    const Node& scaled = graph_.nodes[product];
    std::vector<std::string> inputs = scaled.inputs;
    bool is_negated = scaled.op == "Neg";
    if (scaled.op == "Mul" || scaled.op == "Div") {
      for (size_t i = 0; i < inputs.size() && !is_negated; ++i) {
        const size_t negation = maker(inputs[i]);
        if (negation == none || graph_.nodes[negation].op != "Neg") continue;
        inputs[i] = graph_.nodes[negation].inputs[0];
        is_negated = true;
      }
    }
    if (!is_negated) return;
    const std::string name = graph_.nodes[at].name;
    const std::string one = name + " one";
    graph_.constants.insert_or_assign(one, Constant{Array::scalar(1.0F)});
    std::string positive = inputs[0];
    if (scaled.op != "Neg") {
      Node again = scaled;
      again.inputs = inputs;
      positive = name + " positive";
      again.outputs = {positive};
      graph_.nodes.push_back(std::move(again));
    }
    graph_.nodes.push_back(
        {.name = name, .op = "Erf", .inputs = {positive}, .outputs = {name + " erf"}});
    Node& sum = graph_.nodes[at];
    sum.op = "Add";
    sum.inputs = {one, name + " erf"};
  }

  void rename() {
    const auto apply = [&](std::string& value) {
      while (true) {
        const auto found = renamed_.find(value);
        if (found == renamed_.end()) return;
        value = found->second;
      }
    };
    for (Node& node : graph_.nodes) std::ranges::for_each(node.inputs, apply);
    std::ranges::for_each(graph_.outputs, apply);
  }

  ForeignGraph& graph_;
  std::unordered_map<std::string, size_t> makers_;
  std::unordered_map<std::string, int> uses_;
  std::unordered_map<std::string, size_t> readers_;  ///< the last of each value
  std::unordered_map<std::string, std::string> renamed_;
  std::set<size_t> gone_;
};

/// "a/b/c" → "a/"; empty without a slash.
std::string outer_scope(const std::string& name) { return name.substr(0, name.find('/') + 1); }
/// "a/b/c" → "a/b"; empty without a slash.
std::string inner_scope(const std::string& name) {
  const size_t slash = name.rfind('/');
  return slash == std::string::npos ? std::string() : name.substr(0, slash);
}

/// The scope that at least four of five nodes share; empty where there is none.
std::string shared_scope(const std::vector<std::string>& names) {
  std::map<std::string, size_t> counts;
  for (const std::string& name : names) ++counts[outer_scope(name)];
  for (const auto& [scope, count] : counts)
    if (!scope.empty() && 5 * count >= 4 * names.size()) return scope;
  return {};
}

}  // namespace

void shorten_names(ForeignGraph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes) names.push_back(node.name);
  constexpr int most_scopes = 8;
  for (int i = 0; i < most_scopes; ++i) {
    const std::string scope = shared_scope(names);
    if (scope.empty()) break;
    if (graph.name.empty() && !scope.ends_with("PartitionedCall/"))
      graph.name = scope.substr(0, scope.size() - 1);
    for (std::string& name : names)
      if (name.starts_with(scope)) name.erase(0, scope.size());
  }
  std::map<std::string, int> scopes;
  for (const std::string& name : names) ++scopes[inner_scope(name)];
  std::set<std::string> taken(names.begin(), names.end());
  for (std::string& name : names) {
    const std::string scope = inner_scope(name);
    if (!scope.empty() && scopes[scope] == 1 && taken.insert(scope).second) name = scope;
  }
  std::map<std::string, int> counts;
  for (const std::string& name : names) ++counts[name];
  for (size_t i = 0; i < names.size(); ++i)
    if (!names[i].empty() && counts[names[i]] == 1) graph.nodes[i].name = names[i];
}

void simplify(ForeignGraph& graph) { Simplifier(graph).run(); }

}  // namespace thaw::tensorflow
