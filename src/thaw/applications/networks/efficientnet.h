#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

/// EfficientNet (Tan and Le 2019, "EfficientNet: Rethinking model scaling for convolutional neural
/// networks"), B0 to B7. As in Keras, weights "imagenet" bring one more Rescaling layer with them.
Functional efficientnet_b0(const Options& options = {});
Functional efficientnet_b1(const Options& options = {});
Functional efficientnet_b2(const Options& options = {});
Functional efficientnet_b3(const Options& options = {});
Functional efficientnet_b4(const Options& options = {});
Functional efficientnet_b5(const Options& options = {});
Functional efficientnet_b6(const Options& options = {});
Functional efficientnet_b7(const Options& options = {});

}  // namespace thaw::applications
