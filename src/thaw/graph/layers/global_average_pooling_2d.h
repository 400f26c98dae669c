#pragma once

#include "thaw/graph/layer_support/pooling.h"

namespace thaw {
namespace layers {

/// The mean of each channel: [H, W, C] -> [C], or [1, 1, C] with keepdims.
using GlobalAveragePooling2D = GlobalPooling2D<Pooling::average>;

}  // namespace layers

Layer global_average_pooling_2d(layers::GlobalAveragePooling2D attributes = {});

}  // namespace thaw
