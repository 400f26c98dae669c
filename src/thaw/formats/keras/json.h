#pragma once

#include <string>
#include <string_view>

#include "thaw/core/config.h"

namespace thaw::keras {

/// Throws Error when `text` is not JSON or is nested too deeply.
Config parse_json(std::string_view text);
std::string write_json(const Config& config);

}  // namespace thaw::keras
