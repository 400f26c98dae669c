#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

/// Inception-ResNet V2 (Szegedy et al. 2016, "Inception-v4, Inception-ResNet and the impact of
/// residual connections on learning").
Functional inception_resnet_v2(const Options& options = {});

}  // namespace thaw::applications
