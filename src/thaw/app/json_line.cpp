#include "thaw/app/json_line.h"

#include <fmt/format.h>

#include "thaw/formats/json.h"

namespace thaw::app {

void print_json_line(const Config& value) { fmt::print("{}\n", write_json(value)); }

}  // namespace thaw::app
