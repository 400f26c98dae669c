#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

/// ResNet (He et al. 2015, "Deep residual learning for image recognition") of 50, 101 and 152
/// layers; as in Keras the stride is in a block's first convolution.
Functional resnet50(const Options& options = {});
Functional resnet101(const Options& options = {});
Functional resnet152(const Options& options = {});

}  // namespace thaw::applications
