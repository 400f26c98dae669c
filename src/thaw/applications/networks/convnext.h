#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

/// ConvNeXt (Liu et al. 2022, "A ConvNet for the 2020s"). Takes include_preprocessing.
Functional convnext_tiny(const Options& options = {});
Functional convnext_small(const Options& options = {});
Functional convnext_base(const Options& options = {});
Functional convnext_large(const Options& options = {});
Functional convnext_xlarge(const Options& options = {});

}  // namespace thaw::applications
