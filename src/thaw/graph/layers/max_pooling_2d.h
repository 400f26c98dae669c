#pragma once

#include "thaw/graph/layer_support/pooling.h"

namespace thaw {
namespace layers {

/// The largest of each window, channel by channel; strides default to pool_size.
using MaxPooling2D = Pooling2D<Pooling::maximum>;

}  // namespace layers

Layer max_pooling_2d(layers::MaxPooling2D attributes = {});

}  // namespace thaw
