#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "thaw/core/threads.h"
#include "thaw/data/dataset.h"
#include "thaw/runtime/device.h"
#include "thaw/train/feature_bank.h"
#include "thaw/train/frozen_layers.h"

namespace thaw {

/// The suffix's inputs for the samples of one dataset: kept from one pass, or computed each time.
/// Either way a sample runs through the frozen layers in a batch of the same size, so the bits
/// agree.
class FeatureSource {
 public:
  struct Options {
    bool keep = true;
    std::optional<int64_t> budget_bytes = {};
    const std::atomic<bool>* stop = nullptr;
    std::function<void(int64_t done, int64_t total)> progress = {};
  };
  /// The target of `frozen` is where what trains begins. Reads every sample once,
  /// unless it is kept; finds the broken ones. What `bank` has is not computed again, and what is
  /// computed is left there. When `stop` is set it ends early and is_complete() is false.
  FeatureSource(const Dataset& data, std::shared_ptr<FrozenLayers> frozen, FeatureBank& bank,
                const Device& device, Threads& threads, const Options& options);

  bool is_complete() const { return complete_; }
  /// The pictures that can be read, as the first view of each, ascending.
  const std::vector<int64_t>& usable() const { return usable_; }
  const std::vector<std::string>& dropped() const { return dropped_; }

  /// Begins a walk over samples of usable pictures in this order; `data`, if given, has them in the
  /// place of what was read at first, and nothing may be kept.
  void start(std::vector<int64_t> order, std::unique_ptr<const Dataset> data = nullptr);
  /// Fills the first `rows` rows of each tensor from the next samples of the walk.
  void next(int64_t rows, std::span<Tensor> inputs);

 private:
  using Samples = std::vector<int64_t>;
  /// Which rungs are wanted, by their numbers.
  using Wanted = std::vector<size_t>;
  std::string key(const Rung& rung) const;
  std::vector<const Rung*> of(const Wanted& wanted) const;
  bool make_stores(int64_t budget_bytes);
  bool fill(const Options& options);
  bool compute(const Wanted& wanted, Samples samples, const Options& options);
  /// Computes what it can from cuts that other runs have kept; `samples` are then those left.
  bool compute_from_others(const Wanted& wanted, Samples& samples, const Options& options);
  /// `fetch` gives a sample's row of the cut `from`, and false where it cannot; those samples are
  /// added to `failed`.
  using Fetch = std::function<bool(int64_t sample, std::span<float> row)>;
  bool compute_from(const Rung& from, const Wanted& wanted, std::span<const int64_t> samples,
                    const Fetch& fetch, Samples& failed, const Options& options);
  MicroBatches& part(const Rung* from, const Wanted& wanted);
  void keep(const Wanted& wanted, std::span<const int64_t> samples, std::span<const Tensor> values);
  bool only_read(const Options& options);
  bool read(std::vector<int64_t> samples, const Options& options,
            const std::function<void(const Batch&)>& use);
  void advance();

  const Dataset& data_;
  FeatureBank& bank_;
  const Device& device_;
  Threads& threads_;
  const ops::Graph& network_;
  int64_t micro_batch_;
  std::shared_ptr<FrozenLayers> frozen_;  ///< until all is computed, if it is kept
  std::vector<Rung> rungs_;
  /// One a rung, nullptr where there was no room; empty when nothing is kept.
  std::vector<Features*> features_;
  bool complete_ = false;
  std::vector<bool> broken_;
  std::vector<int64_t> usable_;
  std::vector<std::string> dropped_;

  std::vector<int64_t> order_;
  size_t place_ = 0;
  std::unique_ptr<const Dataset> walk_data_;
  // Without a store: the loader ahead of the walk, what it gave last, and what that became.
  std::unique_ptr<BatchLoader> loader_;
  const Batch* batch_ = nullptr;
  int64_t batch_row_ = 0;
  std::span<const Tensor> results_;
};

}  // namespace thaw
