#include <cstdio>

#include "allocations.h"
#include "measure.h"
#include "thaw/compile/lower.h"
#include "thaw/compile/optimize.h"
#include "thaw/runtime/cpu/device.h"
#include "thaw/runtime/engine.h"
#include "thaw/train/optimizers/adam.h"
#include "workload.h"

namespace thaw::benchmarks {
namespace {

constexpr int64_t batch = 32;

class Step {
 public:
  explicit Step(const ops::Graph& suffix)
      : graph_(optimize(specialize(suffix, ops::Phase::training),
                        {.frozen = false, .traits = cpu_traits()})),
        executable_(engine_.device().compile(graph_, {.batch_size = batch, .training = true})),
        gradient_(noise(graph_[graph_.outputs[0]].shape.with_batch(batch))) {
    for (const ops::Value input : graph_.inputs)
      inputs_.push_back(noise(graph_[input].shape.with_batch(batch)));
    optimizer_.build(executable_->variables());
  }

  /// Appends each part's processor time.
  void run(std::vector<double> (&parts)[4]) {
    double last = processor_seconds();
    const auto lap = [&](int part) {
      const double now = processor_seconds();
      parts[part].push_back(now - last);
      last = now;
    };
    executable_->variables_changed();
    lap(0);
    executable_->forward(inputs_);
    lap(1);
    executable_->backward({&gradient_, 1});
    lap(2);
    optimizer_.apply(executable_->gradients(), engine_.threads());
    lap(3);
  }
  const Executable& executable() const { return *executable_; }

 private:
  ops::Graph graph_;
  Engine engine_;
  std::unique_ptr<Executable> executable_;
  std::vector<Tensor> inputs_;
  Tensor gradient_;
  Optimizer optimizer_ = adam({.learning_rate = 1e-6});
};

}  // namespace

void measure_step(const std::string& network, int trainable, bool by_batch, int rounds) {
  Step step(fine_tuning(network, trainable, by_batch).suffix);
  std::vector<double> parts[4];
  step.run(parts);
  for (auto& part : parts) {
    part.clear();
    part.reserve(static_cast<size_t>(rounds));
  }
  std::vector<double> wall;
  int64_t allocated = 0;
  for (int i = 0; i < rounds; ++i) {
    const int64_t before = allocations();
    const double start = wall_seconds();
    step.run(parts);
    wall.push_back(wall_seconds() - start);
    allocated = allocations() - before;
  }
  const std::string which = trainable == 0     ? "head"
                            : trainable > 1000 ? "all layers"
                                               : "last " + std::to_string(trainable);
  std::printf("| %s, %s%s | %.2f | %.2f | %.2f | %.2f | %.2f | %.1f (%.1f) | %d |\n",
              network.c_str(), which.c_str(), by_batch ? ", statistics of the batch" : "",
              1e3 * median(parts[0]), 1e3 * median(parts[1]), 1e3 * median(parts[2]),
              1e3 * median(parts[3]), 1e3 * median(wall),
              static_cast<double>(step.executable().buffer_bytes()) / 1e6,
              static_cast<double>(step.executable().least_buffer_bytes()) / 1e6,
              static_cast<int>(allocated));
}

}  // namespace thaw::benchmarks
