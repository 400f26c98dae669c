#pragma once

#include "thaw/graph/layer_support/merging.h"

namespace thaw {
namespace layers {

/// y = minᵢ xᵢ; a size of 1 is repeated to fit the others.
using Minimum = Merging<Merge::minimum>;

}  // namespace layers

Layer minimum(layers::Minimum attributes = {});

}  // namespace thaw
