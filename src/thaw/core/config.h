#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace thaw {

/// A structured value, as JSON knows them, without any JSON library: what a layer's configuration
/// is read from and written to. Map keys keep their order.
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

  /// Each throws Error "expected a <kind>, received <value>" when the value is of another kind.
  /// A whole double (3.0) is accepted as an integer.
  bool as_bool() const;
  int64_t as_integer() const;
  double as_number() const;
  const std::string& as_string() const;
  const List& as_list() const;
  const Map& as_map() const;

  /// The member `key` of a map, or nullptr when this is no map or has no such member.
  const Config* find(std::string_view key) const;
  /// The member `key`; throws Error naming the key when it is absent.
  const Config& at(std::string_view key) const;
  /// Sets a member; null becomes a map. Returns *this, to be chained.
  Config& set(std::string_view key, Config value);
  /// Adds to a list; null becomes a list.
  Config& append(Config value);

  /// Compact JSON, for messages.
  std::string to_string() const;
  bool operator==(const Config&) const = default;

 private:
  std::variant<std::monostate, bool, int64_t, double, std::string, List, Map> value_;
};

}  // namespace thaw
