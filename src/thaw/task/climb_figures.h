#pragma once

#include "thaw/core/config.h"
#include "thaw/task/climb_task.h"

namespace thaw {

/// All figures of a climb, for --report.
Config figures_of(const ClimbReport& report);

}  // namespace thaw
