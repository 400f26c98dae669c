#pragma once

#include "thaw/core/config.h"
#include "thaw/task/fit_task.h"

namespace thaw {

/// The figures of a fit, as docs of `thaw fit --history` promise them: "classes", "train_images",
/// "validation_images", "stages" with "epochs", "prefix_seconds", "seconds", "peak_rss_bytes" (the
/// largest memory that this process has held), "settings".
Config history_of(const FitReport& report);

}  // namespace thaw
