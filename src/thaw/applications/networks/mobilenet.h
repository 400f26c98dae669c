#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

struct MobileNetOptions {
  double alpha = 1.0;            ///< width: factor on the channels of every layer; 1/32 to 16
  int64_t depth_multiplier = 1;  ///< depthwise kernels per channel; 1 to 64
  double dropout = 1e-3;         ///< before the classifier; 0 to below 1

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("alpha", alpha);
    visit("depth_multiplier", depth_multiplier);
    visit("dropout", dropout);
  }
  void check() const;
};

/// MobileNet (Howard et al. 2017, "MobileNets: Efficient convolutional neural networks for mobile
/// vision applications"). Official weights are of alpha 0.25, 0.5, 0.75 and 1, images of 128, 160,
/// 192 and 224 pixels (others get those of 224).
Functional mobilenet(const Options& options = {});

}  // namespace thaw::applications
