#pragma once

#include <string>
#include <string_view>

#include "thaw/core/config.h"

namespace thaw {

/// Whether a text begins as a JSON object does, behind white space and a byte order mark.
bool begins_as_object(std::string_view text);

/// Throws Error when `text` is not JSON or is nested too deeply.
Config parse_json(std::string_view text);

/// JSON in one line, or with `indent` spaces a level. Bytes that are no UTF-8, as a file's name may
/// hold, become U+FFFD; a number that JSON has no word for (NaN, an infinity) becomes null.
std::string write_json(const Config& config, int indent = -1);

}  // namespace thaw
