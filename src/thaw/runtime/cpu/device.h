#pragma once

#include <memory>

#include "thaw/runtime/device.h"

namespace thaw {

/// The processor, through oneDNN. Throws UsageError for bf16 where has_bfloat16() is false.
std::unique_ptr<Device> cpu_device(const DeviceOptions& options = {});
/// What it does well, whatever the options.
const DeviceTraits& cpu_traits();
/// Whether this processor multiplies bfloat16 itself, and oneDNN lets it. It is never emulated.
bool has_bfloat16();

}  // namespace thaw
