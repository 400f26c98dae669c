#pragma once

#include "thaw/graph/layer_support/merging.h"

namespace thaw {
namespace layers {

/// y = maxᵢ xᵢ; a size of 1 is repeated to fit the others.
using Maximum = Merging<Merge::maximum>;

}  // namespace layers

Layer maximum(layers::Maximum attributes = {});

}  // namespace thaw
