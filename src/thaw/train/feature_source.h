#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "thaw/core/threads.h"
#include "thaw/data/dataset.h"
#include "thaw/ops/graph.h"
#include "thaw/runtime/device.h"
#include "thaw/train/feature_store.h"

namespace thaw {

/// A model cut for training, before it is specialized.
struct TrainingPlan {
  ops::Graph prefix;  ///< its outputs are computed; may have none
  ops::Graph suffix;
  /// For each input of the suffix the output of the prefix; −1: the sample itself.
  std::vector<int> sources;
  Activation::Kind left_off = Activation::Kind::linear;
};

/// Cuts at the frontier of what is constant. Throws Error when the model has several inputs.
TrainingPlan make_plan(const ops::Graph& graph, Activation::Kind logits_of);

/// The suffix's inputs for the samples of one dataset: kept from one pass, or computed each time.
/// Either way a sample runs through the prefix in a batch of the same size, so the bits agree.
class FeatureSource {
 public:
  struct Options {
    bool keep = true;
    std::optional<int64_t> budget_bytes = {};
    std::function<void(int64_t done, int64_t total)> progress = {};
  };
  /// Reads every sample once; finds the broken ones.
  FeatureSource(const Dataset& data, const TrainingPlan& plan, Device& device, Threads& threads,
                const Options& options);

  /// The samples that can be read, ascending.
  const std::vector<int64_t>& usable() const { return usable_; }
  const std::vector<std::string>& dropped() const { return dropped_; }
  /// Fills row i of each tensor from samples[i].
  void gather(std::span<const int64_t> samples, std::span<Tensor> inputs);

 private:
  static constexpr int64_t micro_batch = 16;
  void run(std::span<const int64_t> samples, std::vector<std::string>& errors);
  const Tensor& boundary(size_t index) const;

  const Dataset& data_;
  const TrainingPlan& plan_;
  Threads& threads_;
  std::unique_ptr<Executable> prefix_;
  std::unique_ptr<FeatureStore> store_;
  Tensor images_;
  std::span<const Tensor> results_;
  std::vector<int64_t> usable_;
  std::vector<std::string> dropped_;
};

}  // namespace thaw
