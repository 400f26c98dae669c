#include "thaw/runtime/cpu/device.h"

namespace thaw::device_types {

extern const DeviceType cpu;
const DeviceType cpu{.name = "cpu", .available = [] { return true; }, .make = &cpu_device};

}  // namespace thaw::device_types
