#pragma once

#include "thaw/runtime/engine.h"

namespace thaw {

class OptionList;

/// Adds --threads, and --precision where the task keeps to more than f32.
void describe_threads(EngineOptions& engine, OptionList& options);
void describe(EngineOptions& engine, OptionList& options);

}  // namespace thaw
