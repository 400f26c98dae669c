#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

/// DenseNet (Huang et al. 2016, "Densely connected convolutional networks") of 121, 169 and 201
/// layers.
Functional densenet121(const Options& options = {});
Functional densenet169(const Options& options = {});
Functional densenet201(const Options& options = {});

}  // namespace thaw::applications
