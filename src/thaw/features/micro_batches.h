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

/// How many samples of `network`, the whole of it, run through its frozen layers at once: what the
/// device prefers, halved until the network's widest tensor takes no more bytes than it prefers. It
/// depends on the network and the device alone, so every way through it has the same.
int64_t micro_batch_size(const ops::Graph& network, const DeviceTraits& traits);

/// A graph of constant weights, run in batches of one size, so that a sample's result has the same
/// bits whoever asks for it and whatever else is asked for.
class MicroBatches {
 public:
  /// Compiles `graph`, a part of a frozen_graph() of `network`, for micro_batch_size(network).
  MicroBatches(const ops::Graph& graph, const ops::Graph& network, Device& device)
      : MicroBatches(graph, network, micro_batch_size(network, device.traits()), device) {}
  MicroBatches(const ops::Graph& graph, const ops::Graph& network, int64_t size, Device& device);

  int64_t size() const { return size_; }

  /// Each of `inputs` holds the same up to size() samples. Rows of the results beyond those mean
  /// nothing; the results are valid until the next call.
  std::span<const Tensor> run(std::span<const Tensor> inputs);

 private:
  int64_t size_;
  std::unique_ptr<Executable> executable_;
  std::vector<Tensor> padded_;
};

/// The graph in inference mode, optimized for weights that do not change and such a device.
ops::Graph frozen_graph(const ops::Graph& graph, const DeviceTraits& traits);

/// Loads the samples of `order` in batches of `size`, ahead of their use.
std::unique_ptr<BatchLoader> micro_batch_loader(const Dataset& data, std::vector<int64_t> order,
                                                int64_t size, Threads& threads);

/// Every sample's number in order.
std::vector<int64_t> all_samples(const Dataset& data);

}  // namespace thaw
