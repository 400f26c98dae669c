#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

/// NASNet-A (Zoph et al. 2017, "Learning transferable architectures for scalable image
/// recognition"), mobile and large.
Functional nasnet_mobile(const Options& options = {});
Functional nasnet_large(const Options& options = {});

}  // namespace thaw::applications
