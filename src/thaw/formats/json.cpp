#include "thaw/formats/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string_view>
#include <vector>

#include "thaw/core/error.h"

namespace thaw {
namespace {

constexpr size_t most_depth = 200;

/// Of members with one key the last value counts, in the first one's place. As an object of a
/// hundred thousand members must not take hours, they are sorted and not searched one by one.
void drop_repeated(Config::Map& members) {
  std::vector<size_t> order(members.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {},
                           [&](size_t i) -> std::string_view { return members[i].first; });
  std::vector<bool> is_repeated(members.size());
  bool any = false;
  for (size_t first = 0, next = 1; next < order.size(); ++next) {
    if (members[order[first]].first != members[order[next]].first) {
      first = next;
      continue;
    }
    members[order[first]].second = std::move(members[order[next]].second);
    is_repeated[order[next]] = any = true;
  }
  if (!any) return;
  Config::Map kept;
  for (size_t i = 0; i < members.size(); ++i)
    if (!is_repeated[i]) kept.push_back(std::move(members[i]));
  members = std::move(kept);
}

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
  bool start_object(size_t) override { return open(false); }
  bool end_object() override { return close(); }
  bool start_array(size_t) override { return open(true); }
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
  /// A list or an object whose end is not read yet.
  struct Level {
    bool is_list;
    std::string key;  ///< of the value that comes next
    Config::List items;
    Config::Map members;
  };

  bool open(bool is_list) {
    if (open_.size() >= most_depth)
      throw Error(fmt::format("expected JSON nested at most {} deep", most_depth));
    open_.push_back({.is_list = is_list});
    return true;
  }
  bool close() {
    Level done = std::move(open_.back());
    open_.pop_back();
    if (done.is_list) return add(Config(std::move(done.items)));
    drop_repeated(done.members);
    return add(Config(std::move(done.members)));
  }
  bool add(Config value) {
    if (open_.empty()) {
      root = std::move(value);
    } else if (Level& top = open_.back(); top.is_list) {
      top.items.push_back(std::move(value));
    } else {
      top.members.emplace_back(std::move(top.key), std::move(value));
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
    // Keys differ already, so none is looked for: push_back() is the vector's that it is made from.
    auto result = nlohmann::ordered_json::object();
    auto& members = result.get_ref<nlohmann::ordered_json::object_t&>();
    for (const auto& [key, value] : config.as_map()) members.push_back({key, to_json(value)});
    return result;
  }
  return nullptr;
}

}  // namespace

bool begins_as_object(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  return first != std::string_view::npos && text[first] == '{';
}

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
