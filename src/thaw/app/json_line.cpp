#include "thaw/app/json_line.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace thaw::app {

void print_json_line(const nlohmann::ordered_json& value) {
  fmt::print("{}\n", value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace thaw::app
