#pragma once

#include <memory>
#include <string>
#include <vector>

#include "thaw/graph/functional.h"

namespace thaw {

/// A value inside a network whose mean over the image tells what a block has seen.
struct Tap {
  std::string block;  ///< Block::name
  Symbol value;       ///< (height, width, channels), or (tokens, channels)
};

/// One of each block of the network (blocks_of()) that has weights over an image or its tokens, the
/// lowest first: what its last depthwise convolution gives, without one its last convolution, each
/// after the normalization and the activation that follow; of a block without convolutions, as of a
/// transformer, what leaves it. The network's own output is left out, and of values that hold
/// channels by the thousand those nearest to the input, so that all have at most `most_columns`.
std::vector<Tap> taps_of(const Functional& network, int64_t most_columns = 12288);

/// `base` with the values of these taps of its network (network_of()) as further outputs behind its
/// own. Layers, and so weights and flags, are shared; metadata are copied.
Functional with_taps(const Functional& base, const std::vector<Tap>& taps);

/// The call of such a base in `model`, which reads its taps; nullptr where there is none.
std::shared_ptr<const Call> tapped_call(const Functional& model);
/// What with_taps() was given: the base with its first output alone.
Functional without_taps(const Functional& tapped);

}  // namespace thaw
