#include "thaw/features/micro_batches.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "thaw/compile/lower.h"
#include "thaw/compile/optimize.h"

namespace thaw {

ops::Graph frozen_graph(const ops::Graph& graph, const DeviceTraits& traits) {
  return optimize(specialize(graph, ops::Phase::inference), {.frozen = true, .traits = traits});
}

int64_t micro_batch_size(const ops::Graph& network, const DeviceTraits& traits) {
  int64_t widest = 1;
  for (const ops::Node& node : network.nodes) {
    if (std::holds_alternative<ops::Weight>(node.op) ||
        std::holds_alternative<ops::Constant>(node.op)) {
      continue;
    }
    widest = std::max(widest, node.shape.elements() * static_cast<int64_t>(sizeof(float)));
  }
  int64_t size = traits.micro_batch_samples;
  while (size > 1 && size * widest > traits.micro_batch_bytes) size /= 2;
  return size;
}

MicroBatches::MicroBatches(const ops::Graph& graph, const ops::Graph& network, int64_t size,
                           Device& device)
    : size_(size), executable_(device.compile(graph, {.batch_size = size, .network = &network})) {
  for (const ops::Value input : graph.inputs)
    padded_.push_back(Tensor::zeros(graph[input].shape.with_batch(size)));
}

std::span<const Tensor> MicroBatches::run(std::span<const Tensor> inputs) {
  if (inputs[0].shape()[0] == size_) return executable_->forward(inputs);
  for (size_t i = 0; i < inputs.size(); ++i)
    std::memcpy(padded_[i].data(), inputs[i].data(), inputs[i].values().size_bytes());
  return executable_->forward(padded_);
}

std::unique_ptr<BatchLoader> micro_batch_loader(const Dataset& data, std::vector<int64_t> order,
                                                int64_t size, Threads& threads) {
  // A batch is decoded about as fast as the network runs: two in hand even out their differences.
  const LoaderOptions options{.batch_size = size, .batches_ahead = 2};
  return std::make_unique<BatchLoader>(data, std::move(order), threads, options);
}

std::vector<int64_t> all_samples(const Dataset& data) {
  std::vector<int64_t> order(static_cast<size_t>(data.size()));
  std::iota(order.begin(), order.end(), int64_t{0});
  return order;
}

}  // namespace thaw
