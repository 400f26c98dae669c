#pragma once

#include "thaw/graph/layer_support/random_coloring.h"

namespace thaw {
namespace layers {

/// In fit y = c·(x − mean) + mean with each channel's mean and a c drawn for each image, held
/// within value_range; otherwise y = x. c lies from 1 − low to 1 + high of `factor`; of a single
/// number, from 1 to 1 + number, as in Keras 3. `seed` is only kept.
using RandomContrast = RandomColoring<Coloring::contrast>;

}  // namespace layers

Layer random_contrast(layers::RandomContrast attributes = {});

}  // namespace thaw
