#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

struct MobileNetV2Options {
  double alpha = 1.0;  ///< width: factor on the channels of every layer; 1/32 to 16

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("alpha", alpha);
  }
  void check() const;
};

/// MobileNetV2 (Sandler et al. 2018, "MobileNetV2: Inverted residuals and linear bottlenecks").
/// Official weights are of alpha 0.35, 0.5, 0.75, 1, 1.3 and 1.4, images of 96, 128, 160, 192 and
/// 224 pixels (others get those of 224).
Functional mobilenet_v2(const Options& options = {});

}  // namespace thaw::applications
