#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

struct ConvNeXtOptions {
  bool include_preprocessing = true;  ///< begin with the layers that preprocess values of 0 to 255

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("include_preprocessing", include_preprocessing);
  }
};

/// ConvNeXt (Liu et al. 2022, "A ConvNet for the 2020s").
Functional convnext_tiny(const Options& options = {});
Functional convnext_small(const Options& options = {});
Functional convnext_base(const Options& options = {});
Functional convnext_large(const Options& options = {});
Functional convnext_xlarge(const Options& options = {});

}  // namespace thaw::applications
