#pragma once

#include "thaw/task/engine_settings.h"

namespace thaw::app {

/// `options` with no more threads than help: four for each processor that this process may use, and
/// 16 in any case. Says so on standard error where more were asked for: a thousand threads that
/// take turns on two processors come to no end.
EngineOptions bounded_threads(EngineOptions options);

}  // namespace thaw::app
