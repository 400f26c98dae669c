#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

/// EfficientNet-Lite (Liu 2020, "EfficientNet-Lite", in the repository of TensorFlow's TPU models):
/// EfficientNet without squeeze-and-excitation, with ReLU6 for swish, and with stem, first stage,
/// last stage and head of the same size in all. Keras has no such network; layers have the names of
/// Keras's EfficientNet. Pixels come as (x − 127)/128.
Functional efficientnet_lite0(const Options& options = {});
Functional efficientnet_lite1(const Options& options = {});
Functional efficientnet_lite2(const Options& options = {});
Functional efficientnet_lite3(const Options& options = {});
Functional efficientnet_lite4(const Options& options = {});

}  // namespace thaw::applications
