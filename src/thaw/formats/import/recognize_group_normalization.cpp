#include "thaw/formats/import/recognition.h"

namespace thaw::foreign {
namespace {

bool is_all(const Constant* constant, double value) {
  if (constant == nullptr) return false;
  for (int64_t i = 0; i < constant->array.elements(); ++i)
    if (constant->array.at(i) != value) return false;
  return true;
}

/// The node of this operation that gives the input at `place`; nullptr where another does.
Node* giver(const Rewriting& graph, const Node& node, size_t place, std::string_view op) {
  Node* found = place < node.inputs.size() ? graph.producer(node.inputs[place]) : nullptr;
  return found != nullptr && found->op == op ? found : nullptr;
}

/// Of "x·γ" and "x + β": at which place the numbers are.
std::optional<size_t> place_of_numbers(const Rewriting& graph, const Node& node) {
  for (size_t place = 0; place < 2 && node.inputs.size() == 2; ++place)
    if (graph.constant(node.inputs[place]) != nullptr) return place;
  return std::nullopt;
}

/// The channels in so many rows: a reshape to (batch, groups, the rest).
std::optional<int64_t> groups_of(const Rewriting& graph, const Node& reshape) {
  const Constant* shape = reshape.inputs.size() == 2 ? graph.constant(reshape.inputs[1]) : nullptr;
  if (shape == nullptr || !shape->array.is_integer()) return std::nullopt;
  const std::vector<int64_t> sizes = shape->array.integers();
  if (sizes.size() != 3 || sizes[1] < 1) return std::nullopt;
  return sizes[1];
}

/// The parts of ((instance normalization of groups)·γ + β), `add` the last of them.
struct Parts {
  Node* multiply = nullptr;
  Node* back = nullptr;
  Node* normalize = nullptr;
  Node* split = nullptr;
  size_t beta = 0;   ///< the place of β in add's inputs
  size_t gamma = 0;  ///< and of γ in multiply's
};

std::optional<Parts> parts_of(const Rewriting& graph, const Node& add) {
  Parts parts;
  const auto beta = place_of_numbers(graph, add);
  if (add.op != "Add" || !beta) return std::nullopt;
  parts.beta = *beta;
  parts.multiply = giver(graph, add, 1 - *beta, "Mul");
  if (parts.multiply == nullptr) return std::nullopt;
  const auto gamma = place_of_numbers(graph, *parts.multiply);
  if (!gamma) return std::nullopt;
  parts.gamma = *gamma;
  parts.back = giver(graph, *parts.multiply, 1 - *gamma, "Reshape");
  if (parts.back == nullptr) return std::nullopt;
  parts.normalize = giver(graph, *parts.back, 0, "InstanceNormalization");
  if (parts.normalize == nullptr || parts.normalize->inputs.size() != 3 ||
      !is_all(graph.constant(parts.normalize->inputs[1]), 1) ||
      !is_all(graph.constant(parts.normalize->inputs[2]), 0))
    return std::nullopt;
  parts.split = giver(graph, *parts.normalize, 0, "Reshape");
  if (parts.split == nullptr) return std::nullopt;
  return parts;
}

}  // namespace

void recognize_group_normalization(ForeignGraph& foreign) {
  constexpr size_t most_nodes = 8;
  Rewriting graph(foreign);
  for (Node* add : graph.nodes()) {
    const auto parts = parts_of(graph, *add);
    if (!parts) continue;
    const auto groups = groups_of(graph, *parts->split);
    const std::string base = parts->split->inputs[0];
    if (!groups || !graph.between(base, *add, most_nodes)) continue;
    Node& normalize = *parts->normalize;
    normalize.op = "thaw.GroupNormalization";
    normalize.inputs = {base, parts->multiply->inputs[parts->gamma], add->inputs[parts->beta]};
    normalize.attributes.set("groups", *groups);
    // The reshape to the shape that it has already stays, and changes nothing.
    for (auto [node, numbers] : {std::pair{parts->multiply, parts->gamma}, {add, parts->beta}}) {
      node->op = "Identity";
      node->inputs.erase(node->inputs.begin() + static_cast<std::ptrdiff_t>(numbers));
    }
  }
}

}  // namespace thaw::foreign
