#pragma once

#include <memory>
#include <vector>

#include "thaw/task/fit_task.h"
#include "thaw/train/callback.h"

namespace thaw {

/// What watches the stages beside the events: those that are asked for, and what keeps the best
/// epoch.
std::vector<std::unique_ptr<Callback>> callbacks_of(const RecipeSettings& recipe,
                                                    bool has_validation);

/// Where the last stage's last epoch was not its best: that another was kept, or how to keep it.
/// Where weights have become averages: what validation gives for these.
void tell_best_epoch(const FitTask& task, const FitReport& report, TaskEvents& events);

}  // namespace thaw
