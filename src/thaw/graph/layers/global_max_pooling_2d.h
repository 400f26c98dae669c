#pragma once

#include "thaw/graph/layer_support/pooling.h"

namespace thaw {
namespace layers {

/// The largest of each channel: [H, W, C] -> [C], or [1, 1, C] with keepdims.
using GlobalMaxPooling2D = GlobalPooling2D<Pooling::maximum>;

}  // namespace layers

Layer global_max_pooling_2d(layers::GlobalMaxPooling2D attributes = {});

}  // namespace thaw
