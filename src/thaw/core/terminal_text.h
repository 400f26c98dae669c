#pragma once

#include <string>
#include <string_view>

namespace thaw {

/// Text for a terminal, which obeys what it is sent: a file may be named "\x1b[2J". Control
/// characters (but for line breaks), and bytes that are no UTF-8, become "\\x1b".
std::string printable(std::string_view text);

/// The same without line breaks: a file's name on a line of its own.
std::string printable_name(std::string_view name);

}  // namespace thaw
