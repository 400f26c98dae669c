#include "thaw/core/fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "thaw/core/shape.h"

namespace thaw::fields {
namespace {

/// Zero apart, whose exponent is another with each version of fmt.
template <typename Number>
void append_hexadecimal(std::string& text, Number number) {
  if (number == 0) {
    text += std::signbit(number) ? "-0x0p+0" : "0x0p+0";
  } else {
    text += fmt::format("{:a}", number);
  }
}

}  // namespace

void read(const Config& config, bool& field) { field = config.as_bool(); }
void read(const Config& config, float& field) { field = static_cast<float>(config.as_number()); }
void read(const Config& config, double& field) { field = config.as_number(); }
void read(const Config& config, std::string& field) { field = config.as_string(); }

void read(const Config& config, int64_t& field) {
  // Keras writes BatchNormalization's axis as 3 or as [3].
  const bool is_single = config.is_list() && config.as_list().size() == 1;
  field = is_single ? config.as_list()[0].as_integer() : config.as_integer();
}

void read(const Config& config, int& field) {
  int64_t value = 0;
  read(config, value);
  if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max()) {
    throw Error("expected a number of at most 2^31, received " + config.to_string());
  }
  field = static_cast<int>(value);
}

void read(const Config& config, uint64_t& field) {
  if (config.is_string()) {
    const std::string& digits = config.as_string();
    const char* end = digits.data() + digits.size();
    const auto result = std::from_chars(digits.data(), end, field);
    if (result.ec == std::errc() && result.ptr == end) return;
    throw Error("expected a number from 0 to 2^64 − 1, received " + config.to_string());
  }
  int64_t value = 0;
  read(config, value);
  if (value < 0) throw Error("expected a number of at least 0, received " + config.to_string());
  field = static_cast<uint64_t>(value);
}

void read(const Config& config, Shape& field) {
  std::vector<int64_t> sizes;
  for (const Config& size : config.as_list())
    sizes.push_back(size.is_null() ? -1 : size.as_integer());
  field = Shape(std::move(sizes));
}

void read(const Config& config, std::vector<float>& field) {
  field.clear();
  if (config.is_number()) {
    field.push_back(static_cast<float>(config.as_number()));
    return;
  }
  for (const Config& item : config.as_list()) {
    std::vector<float> inner;  // Keras also nests them: [[0.1, 0.2, 0.3]]
    read(item, inner);
    field.insert(field.end(), inner.begin(), inner.end());
  }
}

Config write(bool field) { return field; }
Config write(int field) { return field; }
Config write(int64_t field) { return field; }
Config write(float field) { return static_cast<double>(field); }
Config write(double field) { return field; }
Config write(const std::string& field) { return field; }
Config write(uint64_t field) {
  if (field <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
    return static_cast<int64_t>(field);
  return fmt::format("{}", field);
}
Config write(const Shape& field) {
  Config result(Config::List{});
  for (const int64_t size : field.sizes()) result.append(size < 0 ? Config() : Config(size));
  return result;
}

void append_exact(std::string& text, bool field) { text += field ? "true" : "false"; }
void append_exact(std::string& text, int field) { text += fmt::format("{}", field); }
void append_exact(std::string& text, int64_t field) { text += fmt::format("{}", field); }
void append_exact(std::string& text, uint64_t field) { text += fmt::format("{}", field); }
void append_exact(std::string& text, float field) { append_hexadecimal(text, field); }
void append_exact(std::string& text, double field) { append_hexadecimal(text, field); }
void append_exact(std::string& text, const std::string& field) {
  text += fmt::format("{}:{}", field.size(), field);  // no letter can end it: its length is given
}
void append_exact(std::string& text, const Shape& field) { text += field.to_string(); }

void throw_unknown(const std::vector<std::string>& known, const std::string& received) {
  throw Error(fmt::format("expected one of {}; received {}", fmt::join(known, ", "), received));
}

}  // namespace thaw::fields
