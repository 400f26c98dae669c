#pragma once

#include "thaw/graph/layer_support/pooling.h"

namespace thaw {
namespace layers {

/// The mean of each window, channel by channel; strides default to pool_size. A mean counts only
/// what lies inside the image.
using AveragePooling2D = Pooling2D<Pooling::average>;

}  // namespace layers

Layer average_pooling_2d(layers::AveragePooling2D attributes = {});

}  // namespace thaw
