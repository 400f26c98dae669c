#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

/// MobileNetV2 (Sandler et al. 2018, "MobileNetV2: Inverted residuals and linear bottlenecks").
/// Takes alpha.
Functional mobilenet_v2(const Options& options = {});

}  // namespace thaw::applications
