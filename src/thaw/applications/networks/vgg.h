#pragma once

#include "thaw/applications/application.h"

namespace thaw::applications {

/// VGG (Simonyan and Zisserman 2014, "Very deep convolutional networks for large-scale image
/// recognition") of 16 and 19 layers.
Functional vgg16(const Options& options = {});
Functional vgg19(const Options& options = {});

}  // namespace thaw::applications
