#include "features/small_network.h"

#include "thaw/compile/lower.h"
#include "thaw/core/random.h"
#include "thaw/graph/layers/conv_2d.h"

namespace thaw::testing {

SmallNetwork small_network() {
  const Symbol image = input({6, 6, 3}, "image");
  Symbol x = conv_2d({.filters = 4, .kernel_size = 3, .activation = "relu", .name = "one"})(image);
  const Symbol end =
      conv_2d({.filters = 5, .kernel_size = 3, .activation = "relu", .name = "two"})(x);
  const Functional model(image, end);
  model.initialize_weights(3);
  SmallNetwork network{.graph = lower(model), .middle = {}, .end = {}};
  network.end = network.graph.outputs;
  // The last convolution reads the first one's activation.
  for (const ops::Node& node : network.graph.nodes)
    if (std::holds_alternative<ops::Conv2D>(node.op)) network.middle = {node.inputs[0]};
  return network;
}

ArrayDataset noise_images(int64_t count, uint64_t seed) {
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < count; ++i) labels.push_back(i / 3);
  return {uniform_tensor({count, 6, 6, 3}, -1, 1, Random(seed)), labels};
}

void WatchedDataset::load(int64_t index, std::span<float> values) const {
  ++loads_;
  if (broken_.contains(index)) throw Error("image " + std::to_string(index) + " is broken");
  images_.load(index, values);
}

}  // namespace thaw::testing
