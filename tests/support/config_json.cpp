#include "support/config_json.h"

#include <nlohmann/json.hpp>

namespace thaw::testing {
namespace {

Config convert(const nlohmann::ordered_json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<int64_t>();
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  if (json.is_array()) {
    Config result(Config::List{});
    for (const auto& item : json) result.append(convert(item));
    return result;
  }
  if (json.is_object()) {
    Config result(Config::Map{});
    for (const auto& [key, value] : json.items()) result.set(key, convert(value));
    return result;
  }
  return {};
}

}  // namespace

Config parse_json(const std::string& text) { return convert(nlohmann::ordered_json::parse(text)); }

}  // namespace thaw::testing
