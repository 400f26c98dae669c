#include "thaw/train/fit_plan.h"

#include <algorithm>

#include "thaw/compile/extract.h"
#include "thaw/compile/lower.h"
#include "thaw/compile/split_frozen.h"
#include "thaw/features/frozen_segments.h"
#include "thaw/features/micro_batches.h"
#include "thaw/train/trainer.h"

namespace thaw {
namespace {

using ops::Phase;

bool has_bias(const ops::Op& op) {
  return std::visit(
      [](const auto& attributes) {
        if constexpr (requires { attributes.has_bias; }) return attributes.has_bias;
        return false;
      },
      op);
}

/// From the cut `below` to the cut `above`.
FrozenPart frozen_part(const ops::Graph& graph, const std::vector<ops::Value>& below,
                       const std::vector<ops::Value>& above, const DeviceTraits& traits) {
  FrozenPart part;
  for (const ops::Value value : above) {
    part.kept.push_back({.layer = graph[value].name,
                         .shape = graph[value].shape,
                         .is_sample = graph.get_if<ops::Input>(value) != nullptr});
  }
  part.segment = extract(graph, below, above);
  part.micro_batch = micro_batch_size(graph, traits);
  const ops::Graph plain = specialize(part.segment, Phase::inference);
  const ops::Graph best = optimize(plain, {.frozen = true, .traits = traits}, &part.passes);
  part.cut = above;
  part.asked = operations(plain);
  part.run = operations(best);
  part.biases = static_cast<int>(
      std::ranges::count_if(best.nodes, [](const ops::Node& node) { return has_bias(node.op); }));
  return part;
}

std::vector<TrainedLayer> trained_layers(const ops::Graph& suffix) {
  std::vector<TrainedLayer> layers;
  for (const auto& [path, variable] : changed_variables(suffix)) {
    const std::string layer = path.substr(0, path.rfind('/'));
    auto place = std::ranges::find(layers, layer, &TrainedLayer::name);
    if (place == layers.end()) place = layers.insert(layers.end(), {.name = layer});
    (variable->can_train() ? place->parameters : place->statistics) += variable->shape().elements();
  }
  return layers;
}

/// What runs in every step although nothing below it trains.
void find_repeated(const ops::Graph& graph, FitPlan& plan) {
  ops::Graph certain = graph;
  for (ops::Node& node : certain.nodes)
    if (ops::is_random(node.op)) *ops::phase_of(node.op) = Phase::inference;
  const auto constant = constant_values(graph);
  const auto constant_but_for_chance = constant_values(certain);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (constant[i] || !constant_but_for_chance[i]) continue;
    const ops::Node& node = graph.nodes[i];
    if (ops::is_random(node.op)) {
      plan.random_layers.push_back(node.name);
    } else {
      plan.repeated.push_back({node.name, std::string(ops::words(node.op, node.shape))});
    }
  }
}

}  // namespace

int64_t FrozenPart::row_bytes() const {
  int64_t bytes = 0;
  for (const KeptTensor& tensor : kept) bytes += tensor.bytes();
  return bytes;
}

int64_t FitPlan::trained_parameters() const {
  int64_t parameters = 0;
  for (const TrainedLayer& layer : trained) parameters += layer.parameters;
  return parameters;
}

FitPlan make_fit_plan(const ops::Graph& model, const LossType& loss, const DeviceTraits& traits,
                      std::span<const std::vector<ops::Value>> expected) {
  TrainingGraph training = training_graph(model, loss.logits_of);
  FitPlan plan;
  auto below = training.graph.inputs;
  for (auto& cut : cuts_to(training.graph, training.cut, expected)) {
    if (!leads_to(training.graph, below, cut)) continue;  // beside the line to the last
    plan.frozen.push_back(frozen_part(training.graph, below, cut, traits));
    below = std::move(cut);
  }
  plan.trained = trained_layers(training.suffix);
  plan.each_step = operations(specialize(training.suffix, Phase::training));
  find_repeated(training.graph, plan);
  plan.suffix = std::move(training.suffix);
  return plan;
}

}  // namespace thaw
