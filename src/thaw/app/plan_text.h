#pragma once

#include <string>

#include "thaw/task/plan_task.h"

namespace thaw::app {

/// The plan as pages of text: what is frozen, kept, trained, and what it takes.
std::string plan_text(const PlanReport& report);

}  // namespace thaw::app
