#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/core/enum_name.h"
#include "thaw/core/error.h"

namespace thaw {
class Shape;
}  // namespace thaw

/// Describe once: a struct names its members in one function, and reading, writing, comparing,
/// hashing and listing follow from it. The struct needs no header for that:
///
///     struct RmspropNumbers {
///       float learning_rate = 1e-3F;
///       std::optional<float> clip_norm;
///       template <typename Visit>
///       void fields(Visit&& visit) {
///         visit("learning_rate", learning_rate);
///         visit("clip_norm", clip_norm);
///       }
///     };
///
///     fields::config_of(numbers);           // {"learning_rate": 0.001, "clip_norm": null}
///     fields::read_known(config, numbers);  // a key that is no field is an error
///     fields::exact_text(numbers);          // two are equal if and only if these are
///     fields::differing(before, now);       // {"clip_norm"}
///     fields::walk(numbers, [](const char* name, const auto& value) { … });
///
/// A member may be: a number, a bool, a string, a Shape; an enum with enum_names() (see
/// core/enum_name.h), written as its word; a struct with fields(), written as a map; a struct with
/// `static T from_config(const Config&)` and `Config to_config() const`, which knows its own
/// dialects; an array, vector or optional of these. What is none of them brings `read(const
/// Config&, T&)` and `Config write(const T&)` in its own namespace.
namespace thaw::fields {

/// Takes any member; for asking whether a type has fields().
struct AnyVisitor {
  template <typename T>
  void operator()(const char* name, T&& field) const;
};

template <typename T>
concept Described = std::is_class_v<T> && requires(T& object) {
  object.fields(AnyVisitor());
};

/// Reads and writes itself, in dialects of its own.
template <typename T>
concept Configured = requires(const T& object, const Config& config) {
  { T::from_config(config) } -> std::same_as<T>;
  { object.to_config() } -> std::same_as<Config>;
};

template <typename T>
concept NamedEnum = std::is_enum_v<T> && requires(T value) {
  enum_names(value);
};

// Each throws Error "expected …, received …". A list of one number is that number, and one number
// is a list of one: Keras writes both.
void read(const Config& config, bool& field);
void read(const Config& config, int& field);
void read(const Config& config, int64_t& field);
void read(const Config& config, uint64_t& field);
void read(const Config& config, float& field);
void read(const Config& config, double& field);
void read(const Config& config, std::string& field);
void read(const Config& config, Shape& field);               ///< unknown sizes (null) become −1
void read(const Config& config, std::vector<float>& field);  ///< [0.5, 1], [[0.5, 1]]
template <typename T>
void read(const Config& config, std::vector<T>& field);
template <typename T, size_t count>
void read(const Config& config, std::array<T, count>& field);  ///< a list of just `count`
template <typename T>
void read(const Config& config, std::optional<T>& field);  ///< null: none
template <NamedEnum T>
void read(const Config& config, T& field);
template <Configured T>
void read(const Config& config, T& field);
template <Described T>
requires(!Configured<T>) void read(const Config& config, T& field);

Config write(bool field);
Config write(int field);
Config write(int64_t field);
Config write(uint64_t field);  ///< in decimal digits, as text, from 2^63 on
Config write(float field);
Config write(double field);
Config write(const std::string& field);
Config write(const Shape& field);
template <typename T>
Config write(const std::vector<T>& field);
template <typename T, size_t count>
Config write(const std::array<T, count>& field);
template <typename T>
Config write(const std::optional<T>& field);
template <NamedEnum T>
Config write(T field);
template <Configured T>
Config write(const T& field);
template <Described T>
requires(!Configured<T>) Config write(const T& field);

// Appends text that is the same for equal values and another for any others; numbers to their last
// bit.
void append_exact(std::string& text, bool field);
void append_exact(std::string& text, int field);
void append_exact(std::string& text, int64_t field);
void append_exact(std::string& text, uint64_t field);
void append_exact(std::string& text, float field);
void append_exact(std::string& text, double field);
void append_exact(std::string& text, const std::string& field);
void append_exact(std::string& text, const Shape& field);
template <typename T>
void append_exact(std::string& text, const std::vector<T>& field);
template <typename T, size_t count>
void append_exact(std::string& text, const std::array<T, count>& field);
template <typename T>
void append_exact(std::string& text, const std::optional<T>& field);
template <typename T>
requires std::is_enum_v<T>
void append_exact(std::string& text, T field);
template <Described T>
void append_exact(std::string& text, const T& field);

/// Calls visit(name, value) for each field, in the order of fields(); values are const.
template <Described T, typename Visit>
void walk(const T& object, Visit&& visit) {
  // fields() hands out what a reader may change; as const it goes on from here.
  const_cast<T&>(object).fields([&](const char* name, const auto& value) { visit(name, value); });
}

template <Described T>
std::vector<std::string> names(const T& object = {}) {
  std::vector<std::string> result;
  walk(object, [&](const char* name, const auto&) { result.emplace_back(name); });
  return result;
}

/// Throws Error "expected one of a, b, c; received …".
[[noreturn]] void throw_unknown(const std::vector<std::string>& known, const std::string& received);

/// The enumerator of this name; throws Error listing the known ones.
template <NamedEnum T>
T enum_of(std::string_view name) {
  std::vector<std::string> known;
  for (const auto& entry : enum_names(T())) {
    if (name == entry.name) return entry.value;
    known.emplace_back(entry.name);
  }
  throw_unknown(known, "\"" + std::string(name) + "\"");
}

/// Its word; throws Error where enum_names() leaves it out.
template <NamedEnum T>
const char* name_of(T value) {
  for (const auto& entry : enum_names(value))
    if (entry.value == value) return entry.name;
  throw Error("an enumerator has no name: enum_names() must list it");
}

/// Reads the members that `config` has; the others keep their values.
class Reader {
 public:
  explicit Reader(const Config& config) : config_(config) {}
  template <typename T>
  void operator()(const char* key, T& field) const {
    if (const Config* value = config_.find(key)) with_context(key, [&] { read(*value, field); });
  }

 private:
  const Config& config_;
};

/// Writes all members as a map.
class Writer {
 public:
  template <typename T>
  void operator()(const char* key, const T& field) {
    config_.set(key, write(field));
  }
  Config take() { return std::move(config_); }

 private:
  Config config_{Config::Map{}};
};

template <Described T>
Config config_of(const T& object) {
  Writer writer;
  walk(object, writer);
  return writer.take();
}

/// As Reader; throws Error listing the fields where `config` is no map or has another key.
template <Described T>
void read_known(const Config& config, T& object) {
  const auto known = names(object);
  for (const auto& [key, value] : config.as_map()) {
    bool found = false;
    for (const auto& name : known) found = found || name == key;
    if (!found) throw_unknown(known, "\"" + key + "\"");
  }
  object.fields(Reader(config));
}

/// "learning_rate=0x1.0624dep-10,clip_norm=none,": two objects of one type are equal, to the last
/// bit of their numbers, if and only if their texts are.
template <Described T>
std::string exact_text(const T& object) {
  std::string text;
  append_exact(text, object);
  return text;
}

/// The names of the fields in which the two are not equal.
template <Described T>
std::vector<std::string> differing(const T& a, const T& b) {
  std::vector<std::string> texts;
  walk(a, [&](const char*, const auto& value) { append_exact(texts.emplace_back(), value); });
  std::vector<std::string> result;
  size_t at = 0;
  walk(b, [&](const char* name, const auto& value) {
    std::string text;
    append_exact(text, value);
    if (text != texts[at++]) result.emplace_back(name);
  });
  return result;
}

template <typename T>
void read(const Config& config, std::vector<T>& field) {
  field.clear();
  const auto add = [&](const Config& item) {
    T value{};
    read(item, value);
    field.push_back(std::move(value));
  };
  if (config.is_number()) {
    add(config);
  } else {
    for (const Config& item : config.as_list()) add(item);
  }
}

template <typename T, size_t count>
void read(const Config& config, std::array<T, count>& field) {
  if (!config.is_list() || config.as_list().size() != count) {
    throw Error("expected a list of " + std::to_string(count) + ", received " + config.to_string());
  }
  for (size_t i = 0; i < count; ++i) read(config.as_list()[i], field[i]);
}

template <typename T>
void read(const Config& config, std::optional<T>& field) {
  if (config.is_null()) {
    field.reset();
  } else {
    read(config, field.emplace());
  }
}

template <NamedEnum T>
void read(const Config& config, T& field) {
  field = enum_of<T>(config.as_string());
}

template <Configured T>
void read(const Config& config, T& field) {
  field = T::from_config(config);
}

template <Described T>
requires(!Configured<T>) void read(const Config& config, T& field) { read_known(config, field); }

template <typename T>
Config write(const std::vector<T>& field) {
  Config result(Config::List{});
  for (const T& item : field) result.append(write(item));
  return result;
}

template <typename T, size_t count>
Config write(const std::array<T, count>& field) {
  Config result(Config::List{});
  for (const T& item : field) result.append(write(item));
  return result;
}

template <typename T>
Config write(const std::optional<T>& field) {
  return field ? write(*field) : Config();
}

template <NamedEnum T>
Config write(T field) {
  return name_of(field);
}

template <Configured T>
Config write(const T& field) {
  return field.to_config();
}

template <Described T>
requires(!Configured<T>) Config write(const T& field) { return config_of(field); }

template <typename T>
void append_exact(std::string& text, const std::vector<T>& field) {
  text += '[';
  for (const T& item : field) {
    append_exact(text, item);
    text += ',';
  }
  text += ']';
}

template <typename T, size_t count>
void append_exact(std::string& text, const std::array<T, count>& field) {
  text += '[';
  for (const T& item : field) {
    append_exact(text, item);
    text += ',';
  }
  text += ']';
}

template <typename T>
void append_exact(std::string& text, const std::optional<T>& field) {
  if (field) {
    append_exact(text, *field);
  } else {
    text += "none";
  }
}

template <typename T>
requires std::is_enum_v<T>
void append_exact(std::string& text, T field) { append_exact(text, static_cast<int64_t>(field)); }

template <Described T>
void append_exact(std::string& text, const T& field) {
  text += '{';
  walk(field, [&](const char* name, const auto& value) {
    text += name;
    text += '=';
    append_exact(text, value);
    text += ',';
  });
  text += '}';
}

}  // namespace thaw::fields
