#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

/// MobileNet (Howard et al. 2017, "MobileNets: Efficient convolutional neural networks for mobile
/// vision applications"). Takes alpha, depth_multiplier and dropout.
Functional mobilenet(const Options& options = {});

}  // namespace thaw::applications
