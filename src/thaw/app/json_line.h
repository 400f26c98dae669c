#pragma once

#include "thaw/core/config.h"

namespace thaw::app {

/// One JSON value as one line on standard output (see write_json()).
void print_json_line(const Config& value);

}  // namespace thaw::app
