#pragma once

#include <span>
#include <string_view>

namespace thaw::applications {

/// The 1000 classes that ImageNet networks tell apart, in the order of their outputs: "tench", …
std::span<const std::string_view> imagenet_labels();

}  // namespace thaw::applications
