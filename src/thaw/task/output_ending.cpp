#include "thaw/task/output_ending.h"

#include <algorithm>

#include "thaw/compile/lower.h"

namespace thaw {
namespace {

using ops::Value;

/// Of a function from any number to any, such as relu, that what stands before it does not tell.
OutputEnding ending_of(Activation::Kind kind) {
  switch (kind) {
    case Activation::Kind::softmax:
      return OutputEnding::softmax;
    case Activation::Kind::sigmoid:
    case Activation::Kind::hard_sigmoid:
      return OutputEnding::sigmoid;
    case Activation::Kind::tanh:
    case Activation::Kind::softsign:
    case Activation::Kind::hard_tanh:
      return OutputEnding::bounded;
    default:
      return OutputEnding::linear;
  }
}

Activation::Kind activation_of(const ops::Op& op) {
  return std::visit(
      [](const auto& one) {
        if constexpr (requires { one.activation.kind; }) return one.activation.kind;
        return Activation::Kind::linear;
      },
      op);
}

/// Walks from the output towards the input.
class Walk {
 public:
  explicit Walk(const ops::Graph& graph) : graph_(graph) {}

  OutputEnding from(Value value) {
    const ops::Node& node = graph_[value];
    if (std::holds_alternative<ops::Softmax>(node.op)) return OutputEnding::softmax;
    if (const auto kind = activation_of(node.op); kind != Activation::Kind::linear) {
      const OutputEnding ending = ending_of(kind);
      return pooled_ && ending == OutputEnding::linear ? OutputEnding::features : ending;
    }
    if (std::holds_alternative<ops::MatMul>(node.op) ||
        std::holds_alternative<ops::Conv2D>(node.op))
      return OutputEnding::linear;
    if (std::holds_alternative<ops::BatchNormalization>(node.op) ||
        std::holds_alternative<ops::SampleNormalization>(node.op))
      return pooled_ ? OutputEnding::features : OutputEnding::linear;
    if (const auto* binary = std::get_if<ops::Binary>(&node.op)) return of_binary(node, *binary);
    if (std::holds_alternative<ops::Concatenate>(node.op)) return of_concatenation(node);
    return of_shape_change(node);
  }

 private:
  /// A bias leaves numbers what they are, where these are not bounded.
  OutputEnding of_binary(const ops::Node& node, const ops::Binary& binary) {
    const bool is_bias =
        binary.kind == ops::Binary::Kind::add && graph_[node.inputs[1]].is_parameter();
    if (is_bias && from(node.inputs[0]) == OutputEnding::linear) return OutputEnding::linear;
    return pooled_ ? OutputEnding::features : OutputEnding::other;
  }

  OutputEnding of_concatenation(const ops::Node& node) {
    const OutputEnding first = from(node.inputs[0]);
    const bool same = std::ranges::all_of(node.inputs, [&](Value v) { return from(v) == first; });
    return same && first != OutputEnding::softmax ? first : OutputEnding::other;
  }

  OutputEnding of_shape_change(const ops::Node& node) {
    if (const auto* pool = std::get_if<ops::GlobalPool2D>(&node.op)) {
      pooled_ = true;
      const OutputEnding before = from(node.inputs[0]);
      const bool is_mean = pool->kind == ops::Pool2D::Kind::average;
      return before == OutputEnding::softmax && !is_mean ? OutputEnding::other : before;
    }
    if (std::holds_alternative<ops::Pool2D>(node.op)) {
      pooled_ = true;
      return from(node.inputs[0]);
    }
    // Dropout and its like are such where nothing is drawn.
    if (!std::holds_alternative<ops::Reshape>(node.op))
      return pooled_ ? OutputEnding::features : OutputEnding::other;
    const Shape& before = graph_[node.inputs[0]].shape;
    const bool flattens = before.rank() == 3 && before[0] * before[1] > 1 && node.shape.rank() == 1;
    pooled_ = pooled_ || flattens;
    return from(node.inputs[0]);
  }

  const ops::Graph& graph_;
  bool pooled_ = false;  ///< an image became a vector on the way
};

}  // namespace

OutputEnding output_ending(const Functional& model) {
  const ops::Graph graph = specialize(lower(model), ops::Phase::inference);
  return Walk(graph).from(graph.outputs.at(0));
}

}  // namespace thaw
