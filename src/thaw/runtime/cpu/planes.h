#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "thaw/runtime/cpu/layout.h"

namespace thaw::cpu {

/// A step from `from` to `to` (data[0] to data[1]) where these are images of a few channels, as
/// colours at a network's input are, channels last and then plane by plane. oneDNN 3.2's own
/// reorder takes five times as long there. Nothing for other layouts.
std::optional<std::function<void(const std::vector<float*>& data)>> split_into_planes(
    const Desc& from, const Desc& to);

}  // namespace thaw::cpu
