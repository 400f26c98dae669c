#include "thaw/core/config.h"

#include <fmt/format.h>

#include <cmath>

#include "thaw/core/error.h"

namespace thaw {
namespace {

[[noreturn]] void wrong_kind(std::string_view expected, const Config& received) {
  std::string text = received.to_string();
  if (text.size() > 120) text = text.substr(0, 117) + "...";
  throw Error(fmt::format("expected {}, received {}", expected, text));
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      result += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result + '"';
}

}  // namespace

bool Config::as_bool() const {
  if (const auto* value = std::get_if<bool>(&value_)) return *value;
  wrong_kind("true or false", *this);
}

int64_t Config::as_integer() const {
  if (const auto* value = std::get_if<int64_t>(&value_)) return *value;
  if (const auto* value = std::get_if<double>(&value_);
      value != nullptr && std::trunc(*value) == *value && std::abs(*value) < 0x1p53) {
    return static_cast<int64_t>(*value);
  }
  wrong_kind("an integer", *this);
}

double Config::as_number() const {
  if (const auto* value = std::get_if<double>(&value_)) return *value;
  if (const auto* value = std::get_if<int64_t>(&value_)) return static_cast<double>(*value);
  wrong_kind("a number", *this);
}

const std::string& Config::as_string() const {
  if (const auto* value = std::get_if<std::string>(&value_)) return *value;
  wrong_kind("a string", *this);
}

const Config::List& Config::as_list() const {
  if (const auto* value = std::get_if<List>(&value_)) return *value;
  wrong_kind("a list", *this);
}

const Config::Map& Config::as_map() const {
  if (const auto* value = std::get_if<Map>(&value_)) return *value;
  wrong_kind("an object", *this);
}

const Config* Config::find(std::string_view key) const {
  if (const auto* map = std::get_if<Map>(&value_)) {
    for (const auto& [name, value] : *map) {
      if (name == key) return &value;
    }
  }
  return nullptr;
}

const Config& Config::at(std::string_view key) const {
  if (const Config* value = find(key)) return *value;
  wrong_kind(fmt::format("an object with \"{}\"", key), *this);
}

Config& Config::set(std::string_view key, Config value) {
  if (is_null()) value_ = Map{};
  if (!is_map()) wrong_kind("an object", *this);
  for (auto& [name, present] : std::get<Map>(value_)) {
    if (name == key) {
      present = std::move(value);
      return *this;
    }
  }
  std::get<Map>(value_).emplace_back(key, std::move(value));
  return *this;
}

Config& Config::append(Config value) {
  if (is_null()) value_ = List{};
  if (!is_list()) wrong_kind("a list", *this);
  std::get<List>(value_).push_back(std::move(value));
  return *this;
}

std::string Config::to_string() const {
  if (is_null()) return "null";
  if (is_bool()) return as_bool() ? "true" : "false";
  if (is_integer()) return fmt::format("{}", as_integer());
  if (is_number()) return fmt::format("{}", as_number());
  if (is_string()) return quoted(as_string());
  std::string result;
  if (is_list()) {
    for (const auto& item : as_list()) result += (result.empty() ? "" : ", ") + item.to_string();
    return "[" + result + "]";
  }
  for (const auto& [key, value] : as_map()) {
    result += (result.empty() ? "" : ", ") + quoted(key) + ": " + value.to_string();
  }
  return "{" + result + "}";
}

}  // namespace thaw
