#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace thaw {

/// A value as in JSON: null, true or false, a number, a text, a list or a map of such values. Layer
/// configurations are read from it and written to it. A map keeps the order in which its keys came;
/// integers and doubles are told apart, so 3 and 3.0 are not equal.
class Config {
 public:
  using List = std::vector<Config>;
  using Map = std::vector<std::pair<std::string, Config>>;

  Config() = default;  ///< null
  Config(std::nullptr_t) {}
  Config(bool value) : value_(value) {}
  Config(int value) : value_(int64_t{value}) {}
  Config(int64_t value) : value_(value) {}
  Config(double value) : value_(value) {}
  Config(const char* value) : value_(std::string(value)) {}
  Config(std::string value) : value_(std::move(value)) {}
  Config(List value) : value_(std::move(value)) {}
  Config(Map value) : value_(std::move(value)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_integer() const { return std::holds_alternative<int64_t>(value_); }
  bool is_number() const { return is_integer() || std::holds_alternative<double>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_list() const { return std::holds_alternative<List>(value_); }
  bool is_map() const { return std::holds_alternative<Map>(value_); }

  /// The value, of the kind that the name says. Each throws Error "expected a <kind>, received
  /// <value>" when the value is of another kind. as_integer() accepts a whole double below 2^53
  /// (3.0), as_number() also an integer.
  bool as_bool() const;
  int64_t as_integer() const;
  double as_number() const;
  const std::string& as_string() const;
  const List& as_list() const;
  const Map& as_map() const;

  /// The member `key`, or nullptr when this is no map or has no such member. Valid until this value
  /// is changed.
  const Config* find(std::string_view key) const;
  /// The member `key`; throws Error that names the key when find() has none.
  const Config& at(std::string_view key) const;
  /// Adds a member, or replaces the one of this key; null becomes a map. Returns *this, so that
  /// calls can be chained. Throws Error when this is anything else.
  Config& set(std::string_view key, Config value);
  /// Adds to the end of a list; null becomes a list. Returns *this. Throws Error when this is
  /// anything else.
  Config& append(Config value);

  /// The value as JSON on one line, for messages: {"filters": 32}. Not for files: numbers that are
  /// infinite or not a number are written too, though JSON has no form for them.
  std::string to_string() const;
  bool operator==(const Config&) const = default;

 private:
  std::variant<std::monostate, bool, int64_t, double, std::string, List, Map> value_;
};

}  // namespace thaw
