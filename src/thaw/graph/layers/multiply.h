#pragma once

#include "thaw/graph/layer_support/merging.h"

namespace thaw {
namespace layers {

/// y = ∏ᵢ xᵢ; a size of 1 is repeated to fit the others.
using Multiply = Merging<Merge::multiply>;

}  // namespace layers

Layer multiply(layers::Multiply attributes = {});

}  // namespace thaw
