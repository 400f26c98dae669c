#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

/// ResNet V2 (He et al. 2016, "Identity mappings in deep residual networks") of 50, 101 and 152
/// layers.
Functional resnet50_v2(const Options& options = {});
Functional resnet101_v2(const Options& options = {});
Functional resnet152_v2(const Options& options = {});

}  // namespace thaw::applications
