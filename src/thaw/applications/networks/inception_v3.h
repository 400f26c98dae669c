#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

/// Inception V3 (Szegedy et al. 2015, "Rethinking the Inception architecture for computer vision").
Functional inception_v3(const Options& options = {});

}  // namespace thaw::applications
