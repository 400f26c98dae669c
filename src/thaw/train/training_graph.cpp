#include "thaw/train/training_graph.h"

#include "thaw/compile/lower.h"
#include "thaw/compile/split_frozen.h"
#include "thaw/core/error.h"

namespace thaw {

TrainingGraph training_graph(const ops::Graph& graph, Activation::Kind logits_of) {
  if (graph.inputs.size() != 1 || graph.outputs.size() != 1) {
    throw Error("expected a model with one input and one output, received " +
                std::to_string(graph.inputs.size()) + " and " +
                std::to_string(graph.outputs.size()));
  }
  TrainingGraph result;
  Logits logits = without_last_activation(graph, logits_of);
  result.left_off = logits.activation.kind;
  result.graph = std::move(logits.graph);
  FrozenSplit split = split_frozen(result.graph);
  result.cut = std::move(split.cut);
  result.suffix = std::move(split.suffix);
  return result;
}

}  // namespace thaw
