#include "thaw/train/fit_times.h"

#include <chrono>
#include <functional>
#include <utility>

#include "thaw/compile/lower.h"
#include "thaw/core/error.h"
#include "thaw/core/random.h"
#include "thaw/features/micro_batches.h"
#include "thaw/train/trainer.h"

namespace thaw {
namespace {

constexpr double enough_seconds = 0.3;
constexpr int most_runs = 5;

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Calls `run` until it has been called often or long enough; the first call warms up and is not
/// counted, but where it alone is long.
void repeat(const std::function<void(bool counts)>& run) {
  const double start = seconds_now();
  run(false);
  int runs = 0;
  do {
    run(true);
  } while (++runs < most_runs && seconds_now() - start < enough_seconds);
}

std::vector<Tensor> noise(const ops::Graph& graph, std::span<const ops::Value> values,
                          int64_t batch_size) {
  std::vector<Tensor> tensors;
  for (const ops::Value value : values) {
    const Shape shape = graph[value].shape.with_batch(batch_size);
    tensors.push_back(uniform_tensor(shape, -1, 1, Random(1, tensors.size())));
  }
  return tensors;
}

/// Puts back what training changes.
class KeptWeights {
 public:
  explicit KeptWeights(const ops::Graph& suffix) {
    for (const auto& [name, variable] : changed_variables(suffix))
      values_.emplace_back(variable, variable->value().clone());
  }
  ~KeptWeights() {
    for (const auto& [variable, value] : values_) variable->assign(value);
  }
  KeptWeights(const KeptWeights&) = delete;
  KeptWeights& operator=(const KeptWeights&) = delete;

 private:
  std::vector<std::pair<VariablePtr, Tensor>> values_;
};

}  // namespace

double measure_frozen_part(Engine& engine, const FrozenPart& part) {
  MicroBatches frozen(frozen_graph(part.segment, engine.device().traits()), part.segment,
                      part.micro_batch, engine.device());
  const auto inputs = noise(part.segment, part.segment.inputs, part.micro_batch);
  double best = 0;
  repeat([&](bool counts) {
    const double start = seconds_now();
    frozen.run(inputs);
    const double seconds = seconds_now() - start;
    if (counts && (best == 0 || seconds < best)) best = seconds;
  });
  return best;
}

StepTimes measure_step(Engine& engine, const FitPlan& plan, Optimizer optimizer,
                       int64_t batch_size) {
  const KeptWeights kept(plan.suffix);
  const ops::Graph graph = optimize(specialize(plan.suffix, ops::Phase::training),
                                    {.frozen = false, .traits = engine.device().traits()});
  const auto executable =
      engine.device().compile(graph, {.batch_size = batch_size, .training = true});
  const auto inputs = noise(graph, graph.inputs, batch_size);
  // A loss's gradient costs nothing beside the layers, so noise stands for it.
  const auto gradients = noise(graph, graph.outputs, batch_size);
  if (executable->variables().empty()) throw Error("nothing trains: every weight is frozen");
  optimizer.build(executable->variables());
  StepTimes best;
  repeat([&](bool counts) {
    double last = seconds_now();
    const auto lap = [&] {
      const double from = std::exchange(last, seconds_now());
      return last - from;
    };
    StepTimes step;
    executable->variables_changed();
    executable->set_step(static_cast<uint64_t>(optimizer.iterations()));
    executable->forward(inputs);
    step.forward = lap();
    executable->backward(gradients);
    step.backward = lap();
    optimizer.apply(executable->gradients(), engine.threads());
    step.optimizer = lap();
    if (counts && (best.total() == 0 || step.total() < best.total())) best = step;
  });
  return best;
}

}  // namespace thaw
