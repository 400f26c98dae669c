#pragma once

#include <atomic>
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
#include "thaw/train/micro_batches.h"

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
    const std::atomic<bool>* stop = nullptr;
    std::function<void(int64_t done, int64_t total)> progress = {};
  };
  /// Reads every sample once; finds the broken ones. When `stop` is set it ends early and
  /// is_complete() is false.
  FeatureSource(const Dataset& data, const TrainingPlan& plan, Device& device, Threads& threads,
                const Options& options);

  bool is_complete() const { return complete_; }
  /// The samples that can be read, ascending.
  const std::vector<int64_t>& usable() const { return usable_; }
  const std::vector<std::string>& dropped() const { return dropped_; }

  /// Begins a walk over usable samples in this order.
  void start(std::vector<int64_t> order);
  /// Fills the first `rows` rows of each tensor from the next samples of the walk.
  void next(int64_t rows, std::span<Tensor> inputs);

 private:
  void read_all(const Options& options);
  const Tensor& boundary(size_t index) const;
  void copy_kept(std::span<const int64_t> samples, std::span<Tensor> inputs) const;
  void advance();

  const Dataset& data_;
  const TrainingPlan& plan_;
  Threads& threads_;
  MicroBatches prefix_;
  std::unique_ptr<FeatureStore> store_;
  bool complete_ = false;
  std::vector<int64_t> usable_;
  std::vector<std::string> dropped_;

  std::vector<int64_t> order_;
  size_t place_ = 0;
  // Without a store: the loader ahead of the walk and the micro-batch that it is in.
  std::unique_ptr<BatchLoader> loader_;
  const Batch* batch_ = nullptr;
  int64_t batch_row_ = 0;
  std::span<const Tensor> results_;
};

}  // namespace thaw
