#pragma once

#include <string>

namespace thaw::app {

/// A script that makes the shell complete thaw's commands, flags and values. The shells are "bash",
/// "zsh" and "fish"; throws UsageError for another.
std::string completion_script(const std::string& shell);

}  // namespace thaw::app
