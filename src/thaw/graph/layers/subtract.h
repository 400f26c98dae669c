#pragma once

#include "thaw/graph/layer_support/merging.h"

namespace thaw {
namespace layers {

/// y = x₁ − x₂; a size of 1 is repeated to fit the other.
using Subtract = Merging<Merge::subtract>;

}  // namespace layers

Layer subtract(layers::Subtract attributes = {});

}  // namespace thaw
