#pragma once

#include "thaw/graph/layer_support/merging.h"

namespace thaw {
namespace layers {

/// y = Σᵢ xᵢ / n for n inputs; a size of 1 is repeated to fit the others.
using Average = Merging<Merge::average>;

}  // namespace layers

Layer average(layers::Average attributes = {});

}  // namespace thaw
