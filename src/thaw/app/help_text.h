#pragma once

#include <string>
#include <vector>

#include "thaw/app/command.h"

namespace thaw::app {

/// What `thaw --help` shows.
std::string program_help();
/// What `thaw help COMMAND` and `thaw COMMAND --help` show.
std::string command_help(const Command& command);

/// "thaw fit IMAGES --out MODEL [options]".
std::string usage_line(const Command& command, const OptionList& options);
/// What stands behind the flag: "N", "f32|bf16"; empty for a switch.
std::string value_text(const Option& option);
/// What holds unless the option is given; empty: nothing to say.
std::string usual_text(const Option& option);
/// An option with its value as help names it: "--batch-size N".
std::string flag_text(const Option& option);
/// `text` in lines of at most `width` characters.
std::vector<std::string> wrapped(const std::string& text, size_t width);

}  // namespace thaw::app
