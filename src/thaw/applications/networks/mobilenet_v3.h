#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

struct MobileNetV3Options {
  double alpha = 1.0;                 ///< width: factor on the channels of every layer; 1/32 to 16
  bool minimalistic = false;          ///< without 5×5 kernels, gates and hard-swish
  double dropout_rate = 0.2;          ///< before the classifier; 0 to below 1
  bool include_preprocessing = true;  ///< begin with the layer that scales values of 0 to 255

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("alpha", alpha);
    visit("minimalistic", minimalistic);
    visit("dropout_rate", dropout_rate);
    visit("include_preprocessing", include_preprocessing);
  }
  void check() const;
};

/// MobileNetV3 (Howard et al. 2019, "Searching for MobileNetV3"), small and large. Official weights
/// are of alpha 1, and 0.75 where not minimalistic.
Functional mobilenet_v3_small(const Options& options = {});
Functional mobilenet_v3_large(const Options& options = {});

}  // namespace thaw::applications
