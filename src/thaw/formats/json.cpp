#include "thaw/formats/json.h"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "thaw/core/error.h"

namespace thaw {
namespace {

constexpr size_t most_depth = 200;

/// Builds a Config as the text is read, so that no second tree is held and depth stays bounded.
class Builder : public nlohmann::json_sax<nlohmann::ordered_json> {
 public:
  Config root;

  bool null() override { return add(Config()); }
  bool boolean(bool value) override { return add(Config(value)); }
  bool number_integer(number_integer_t value) override { return add(Config(int64_t{value})); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
      return add(Config(static_cast<double>(value)));
    return add(Config(static_cast<int64_t>(value)));
  }
  bool number_float(number_float_t value, const string_t&) override { return add(Config(value)); }
  bool string(string_t& value) override { return add(Config(std::move(value))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(size_t) override { return open(Config(Config::Map{})); }
  bool end_object() override { return close(); }
  bool start_array(size_t) override { return open(Config(Config::List{})); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    open_.back().key = std::move(value);
    return true;
  }
  bool parse_error(size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    throw Error(fmt::format("expected JSON, received something else at byte {} ({})", position,
                            error.what()));
  }

 private:
  struct Level {
    Config value;
    std::string key;
  };

  bool open(Config value) {
    if (open_.size() >= most_depth)
      throw Error(fmt::format("expected JSON nested at most {} deep", most_depth));
    open_.push_back({std::move(value), {}});
    return true;
  }
  bool close() {
    Config done = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(done));
  }
  bool add(Config value) {
    if (open_.empty()) {
      root = std::move(value);
    } else if (Level& top = open_.back(); top.value.is_list()) {
      top.value.append(std::move(value));
    } else {
      top.value.set(top.key, std::move(value));
    }
    return true;
  }

  std::vector<Level> open_;
};

nlohmann::ordered_json to_json(const Config& config) {
  if (config.is_bool()) return config.as_bool();
  if (config.is_integer()) return config.as_integer();
  if (config.is_number()) return config.as_number();
  if (config.is_string()) return config.as_string();
  if (config.is_list()) {
    auto result = nlohmann::ordered_json::array();
    for (const Config& item : config.as_list()) result.push_back(to_json(item));
    return result;
  }
  if (config.is_map()) {
    auto result = nlohmann::ordered_json::object();
    for (const auto& [key, value] : config.as_map()) result[key] = to_json(value);
    return result;
  }
  return nullptr;
}

}  // namespace

Config parse_json(std::string_view text) {
  Builder builder;
  if (!nlohmann::ordered_json::sax_parse(text.begin(), text.end(), &builder))
    throw Error("expected JSON");
  return std::move(builder.root);
}

std::string write_json(const Config& config, int indent) {
  return to_json(config).dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace thaw
