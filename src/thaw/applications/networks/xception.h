#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

/// Xception (Chollet 2016, "Xception: Deep learning with depthwise separable convolutions").
Functional xception(const Options& options = {});

}  // namespace thaw::applications
