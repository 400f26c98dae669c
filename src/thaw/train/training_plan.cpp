#include "thaw/train/training_plan.h"

#include "thaw/compile/lower.h"
#include "thaw/compile/split_frozen.h"
#include "thaw/core/error.h"

namespace thaw {

TrainingPlan make_plan(const ops::Graph& graph, Activation::Kind logits_of) {
  if (graph.inputs.size() != 1 || graph.outputs.size() != 1) {
    throw Error("expected a model with one input and one output, received " +
                std::to_string(graph.inputs.size()) + " and " +
                std::to_string(graph.outputs.size()));
  }
  TrainingPlan plan;
  Logits logits = without_last_activation(graph, logits_of);
  plan.left_off = logits.activation.kind;
  plan.graph = std::move(logits.graph);
  FrozenSplit split = split_frozen(plan.graph);
  plan.frontier = std::move(split.frontier);
  plan.suffix = std::move(split.suffix);
  return plan;
}

}  // namespace thaw
