#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

struct EfficientNetV2Options {
  bool include_preprocessing = true;  ///< begin with the layers that preprocess values of 0 to 255

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("include_preprocessing", include_preprocessing);
  }
};

/// EfficientNetV2 (Tan and Le 2021, "EfficientNetV2: Smaller models and faster training"), B0 to
/// B3, S, M and L.
Functional efficientnet_v2_b0(const Options& options = {});
Functional efficientnet_v2_b1(const Options& options = {});
Functional efficientnet_v2_b2(const Options& options = {});
Functional efficientnet_v2_b3(const Options& options = {});
Functional efficientnet_v2_s(const Options& options = {});
Functional efficientnet_v2_m(const Options& options = {});
Functional efficientnet_v2_l(const Options& options = {});

}  // namespace thaw::applications
