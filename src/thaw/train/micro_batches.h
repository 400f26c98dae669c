#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "thaw/core/threads.h"
#include "thaw/data/batches.h"
#include "thaw/ops/graph.h"
#include "thaw/runtime/device.h"

namespace thaw {

/// A graph of constant weights, run in batches of one size, so that a sample's result has the same
/// bits whoever asks for it and whatever else is asked for.
class MicroBatches {
 public:
  static constexpr int64_t size = 16;

  /// Compiles `graph`, a part of a frozen_plan() of `network`.
  MicroBatches(const ops::Graph& graph, const ops::Graph& network, Device& device);

  /// Each of `inputs` holds the same up to `size` samples. Rows of the results beyond those mean
  /// nothing; the results are valid until the next call.
  std::span<const Tensor> run(std::span<const Tensor> inputs);

 private:
  std::unique_ptr<Executable> executable_;
  std::vector<Tensor> padded_;
};

/// The graph in inference mode, optimized for weights that do not change.
ops::Graph frozen_plan(const ops::Graph& graph);

/// Loads the samples of `order` in batches of MicroBatches::size, ahead of their use.
std::unique_ptr<BatchLoader> micro_batch_loader(const Dataset& data, std::vector<int64_t> order,
                                                Threads& threads);

/// Every sample's number in order.
std::vector<int64_t> all_samples(const Dataset& data);

}  // namespace thaw
