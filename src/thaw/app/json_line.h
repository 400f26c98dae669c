#pragma once

#include <nlohmann/json_fwd.hpp>

namespace thaw::app {

/// One JSON value as one line on standard output. What is no UTF-8 in it, as a file's name may be,
/// is replaced.
void print_json_line(const nlohmann::ordered_json& value);

}  // namespace thaw::app
