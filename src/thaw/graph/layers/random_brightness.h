#pragma once

#include "thaw/graph/layer_support/random_coloring.h"

namespace thaw {
namespace layers {

/// In fit adds to each image a part, drawn from `factor`, of value_range's width, and holds it
/// within value_range; otherwise y = x. `seed` is only kept.
using RandomBrightness = RandomColoring<Coloring::brightness>;

}  // namespace layers

Layer random_brightness(layers::RandomBrightness attributes = {});

}  // namespace thaw
