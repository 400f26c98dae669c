#pragma once

#include <string>
#include <vector>

#include "thaw/graph/functional.h"

namespace thaw {

/// Layers of a network that belong together: a residual block, an Inception module, what lies
/// between two poolings.
struct Block {
  std::string name;  ///< "block_16", "layer4.1"; where the layers' names say none, its last layer's
  size_t first = 0;  ///< of counted_layers(network)
  size_t count = 0;
};

/// The layers that Keras counts, all of them, as blocks one after the other. Where names number
/// blocks, "block_16_expand" or "layer4.1.conv2", these are they; elsewhere what lies between two
/// places that everything goes through, where there are branches in between; and in a plain chain
/// what lies between two poolings.
std::vector<Block> blocks_of(const Functional& network);

/// How many of the last layers the last `blocks` of them hold. Throws UsageError where there are
/// fewer.
int64_t layers_of_last(const Functional& network, int64_t blocks);

}  // namespace thaw
