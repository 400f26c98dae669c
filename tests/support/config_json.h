#pragma once

#include <string>

#include "thaw/core/config.h"

namespace thaw::testing {

/// The value that a JSON text says; throws nlohmann::json::exception when it is none.
Config parse_json(const std::string& text);

}  // namespace thaw::testing
