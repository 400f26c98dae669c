#pragma once

#include "thaw/graph/layer_support/merging.h"

namespace thaw {
namespace layers {

/// y = Σᵢ xᵢ; a size of 1 is repeated to fit the others.
using Add = Merging<Merge::add>;

}  // namespace layers

Layer add(layers::Add attributes = {});

}  // namespace thaw
