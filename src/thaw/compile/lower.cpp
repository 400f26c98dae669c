#include "thaw/compile/lower.h"

#include <map>
#include <optional>

#include "thaw/graph/layer_type.h"
#include "thaw/ops/builder.h"

namespace thaw {
namespace {

using ops::Phase;
using ops::Value;

class Lowering {
 public:
  std::vector<Value> run(const Functional& model, std::vector<Value> inputs,
                         const std::string& scope, Phase phase) {
    std::map<Symbol, Value, decltype(&before)> values(&before);
    for (size_t i = 0; i < inputs.size(); ++i) values.emplace(model.inputs()[i], inputs[i]);
    for (const auto& call : model.calls()) {
      if (values.contains(Symbol(call))) continue;
      std::vector<Value> arguments;
      for (const Symbol& symbol : call->inputs) arguments.push_back(values.at(symbol));
      const auto results = lower_call(*call, std::move(arguments), scope, phase);
      for (size_t i = 0; i < results.size(); ++i)
        values.emplace(Symbol(call, static_cast<int>(i)), results[i]);
    }
    std::vector<Value> outputs;
    for (const Symbol& symbol : model.outputs()) outputs.push_back(values.at(symbol));
    return outputs;
  }

  ops::Builder builder;

 private:
  static bool before(const Symbol& a, const Symbol& b) {
    return a.call() != b.call() ? a.call() < b.call() : a.index() < b.index();
  }

  std::vector<Value> lower_call(const Call& call, std::vector<Value> arguments,
                                const std::string& scope, Phase phase) {
    if (call.training) phase = *call.training ? Phase::training : Phase::inference;
    const std::string path = scope + call.layer.name();
    if (const Functional* nested = call.layer.nested())
      return run(*nested, std::move(arguments), path + "/", phase);
    builder.set_scope(path);
    const auto variables = call.layer.variables();
    const LowerContext context(builder, variables, call.layer.trainable(), phase);
    return {call.layer.definition()->lower(context, arguments)};
  }
};

}  // namespace

ops::Graph lower(const Functional& model) {
  Lowering lowering;
  std::vector<Value> inputs;
  for (const Symbol& symbol : model.inputs()) {
    lowering.builder.set_scope(symbol.call()->layer.name());
    inputs.push_back(lowering.builder.input(symbol.shape()));
  }
  auto outputs = lowering.run(model, std::move(inputs), "", Phase::by_run);
  return lowering.builder.finish(std::move(outputs));
}

ops::Graph specialize(const ops::Graph& graph, Phase phase) {
  ops::Graph result = graph;
  for (ops::Node& node : result.nodes) {
    Phase* own = ops::phase_of(node.op);
    if (own == nullptr) continue;
    if (*own == Phase::by_run) *own = phase;
    if (*own != Phase::inference || std::holds_alternative<ops::BatchNormalization>(node.op))
      continue;
    if (const auto* crop = std::get_if<ops::RandomCrop2D>(&node.op)) {
      node.op = ops::Resize2D{.size = crop->size, .cropping = crop->cropping};
    } else {
      // What draws nothing does nothing: a reshape to the same shape, which costs nothing.
      node.op = ops::Reshape{node.shape};
      node.inputs.resize(1);
    }
  }
  return result;
}

Logits without_last_activation(const ops::Graph& graph, Activation::Kind wanted) {
  if (graph.outputs.size() != 1) return {graph, {}};
  const ops::Node& last = graph[graph.outputs[0]];
  auto ends_in = Activation::Kind::linear;
  if (const auto* softmax = std::get_if<ops::Softmax>(&last.op);
      softmax != nullptr && !softmax->logarithm) {
    ends_in = Activation::Kind::softmax;
  } else if (const auto* activate = std::get_if<ops::Activate>(&last.op);
             activate != nullptr && activate->activation.kind == Activation::Kind::sigmoid) {
    ends_in = Activation::Kind::sigmoid;
  }
  if (ends_in == Activation::Kind::linear || ends_in != wanted) return {graph, {}};
  Logits result{graph, ends_in};
  result.graph.outputs[0] = last.inputs[0];
  result.graph = result.graph.without_dead_nodes();
  return result;
}

}  // namespace thaw
