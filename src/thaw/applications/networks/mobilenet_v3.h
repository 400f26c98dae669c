#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

/// MobileNetV3 (Howard et al. 2019, "Searching for MobileNetV3"), small and large. Takes alpha,
/// minimalistic, dropout_rate and include_preprocessing.
Functional mobilenet_v3_small(const Options& options = {});
Functional mobilenet_v3_large(const Options& options = {});

}  // namespace thaw::applications
