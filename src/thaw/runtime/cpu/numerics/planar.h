#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "thaw/runtime/cpu/layout.h"

namespace thaw::cpu {

/// The step that reorders interleaved images (channels last) of 2 to 4 channels, as colours at a
/// network's input are, to planar ones (channels first): from data[0], as `from`, to data[1], as
/// `to`. oneDNN 3.2's own reorder takes five times as long there. Nothing for other layouts.
std::optional<std::function<void(const std::vector<float*>& data)>> interleaved_to_planar(
    const Desc& from, const Desc& to);

}  // namespace thaw::cpu
