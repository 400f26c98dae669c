#pragma once

#include <span>
#include <string>

#include "thaw/task/option.h"

namespace thaw::app {

/// What the arguments ask for.
enum class Asked { run, help };

/// Sets the options from what stands after `thaw COMMAND`, the later of two values winning, so that
/// a script can add to a command that it was given. Throws UsageError for an option that is not
/// known, is missing, or contradicts another. The one file that knows the parsing library.
Asked parse_arguments(const OptionList& options, std::span<const char* const> arguments);

}  // namespace thaw::app
