#pragma once

#include <string>

#include "thaw/app/command.h"

namespace thaw::app {

/// The page thaw(1), as roff for man.
std::string program_man_page();
/// The page thaw-fit(1) and so on.
std::string command_man_page(const Command& command);

}  // namespace thaw::app
