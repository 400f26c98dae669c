#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

/// SqueezeNet 1.1 (Iandola et al. 2016, "SqueezeNet: AlexNet-level accuracy with 50x fewer
/// parameters"), whose names follow the authors' Caffe model. Not in keras.applications.
Functional squeezenet(const Options& options = {});

}  // namespace thaw::applications
