#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

/// EfficientNetV2 (Tan and Le 2021, "EfficientNetV2: Smaller models and faster training"), B0 to
/// B3, S, M and L. Takes include_preprocessing.
Functional efficientnet_v2_b0(const Options& options = {});
Functional efficientnet_v2_b1(const Options& options = {});
Functional efficientnet_v2_b2(const Options& options = {});
Functional efficientnet_v2_b3(const Options& options = {});
Functional efficientnet_v2_s(const Options& options = {});
Functional efficientnet_v2_m(const Options& options = {});
Functional efficientnet_v2_l(const Options& options = {});

}  // namespace thaw::applications
