#pragma once

#include <span>

#include "thaw/graph/functional.h"

namespace thaw {

/// The network that `model` wraps: the model nested in it, at any depth, that holds at least half
/// of its convolutions; `model` itself where none does, as in a flat one. So preprocessing,
/// augmentation and a head around a nested base are no layers of the network.
Functional network_of(const Functional& model);

/// The layers that Keras counts, `network.layers`: the InputLayer among them, but for a Sequential.
std::span<const Layer> counted_layers(const Functional& network);

/// Whether the layer moves a window of weights over an image.
bool convolves(const Layer& layer);

}  // namespace thaw
