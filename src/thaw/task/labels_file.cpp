#include "thaw/task/labels_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/core/unicode.h"
#include "thaw/formats/json.h"

namespace thaw {
namespace {

constexpr size_t largest_file = size_t{1} << 24;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::string_view blanks = " \t\r";

using Names = std::vector<std::string>;

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

/// A whole number of at least 0 that fills the text.
std::optional<size_t> number_of(std::string_view text) {
  size_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  return failure == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

/// Names by their numbers. Throws Error unless these are 0, 1, 2, … in any order.
class Numbered {
 public:
  explicit Numbered(size_t count) : names_(count), seen_(count) {}

  void put(size_t number, std::string name) {
    if (number >= names_.size() || seen_[number]) {
      throw Error(fmt::format("expected the numbers 0 to {}, each once, received {} for \"{}\"",
                              names_.size() - 1, number, name));
    }
    seen_[number] = true;
    names_[number] = std::move(name);
  }
  Names names() && { return std::move(names_); }

 private:
  Names names_;
  std::vector<bool> seen_;
};

std::string name_of(const Config& value) {
  if (value.is_string()) return value.as_string();
  if (value.is_list() && !value.as_list().empty()) return value.as_list().back().as_string();
  if (const Config* name = value.find("name")) return name->as_string();
  throw Error(fmt::format("expected a name, received {}", value.to_string()));
}

Names from_list(const Config::List& list) {
  Names names;
  names.reserve(list.size());
  for (const Config& item : list) names.push_back(name_of(item));
  return names;
}

Names from_json(const Config& value);

Names from_map(const Config& value) {
  for (const char* key :
       {"labels", "classes", "class_names", "class_indices", "names", "id2label"}) {
    const Config* member = value.find(key);
    if (member != nullptr && (member->is_list() || member->is_map())) return from_json(*member);
  }
  const Config::Map& map = value.as_map();
  Numbered numbered(map.size());
  const bool to_numbers =
      std::ranges::all_of(map, [](const auto& member) { return member.second.is_integer(); });
  for (const auto& [key, item] : map) {
    if (to_numbers) {
      numbered.put(static_cast<size_t>(item.as_integer()), key);
    } else if (const auto number = number_of(key)) {
      numbered.put(*number, name_of(item));
    } else {
      throw Error(fmt::format(
          "expected an object from numbers to names or from names to numbers, received \"{}\": {}",
          key, item.to_string()));
    }
  }
  return std::move(numbered).names();
}

Names from_json(const Config& value) {
  if (value.is_list()) return from_list(value.as_list());
  if (value.is_map()) return from_map(value);
  throw Error(fmt::format("expected a list or an object, received {}", value.to_string()));
}

/// The names of lines "0 cat", "1: dog", where every line has its number; nothing otherwise.
std::optional<Names> from_numbered_lines(const Names& lines) {
  Names names(lines.size());
  std::set<std::string> different;
  for (const std::string& line : lines) {
    const size_t end = line.find_first_of(" \t:,;");
    if (end == std::string::npos) return std::nullopt;
    const auto number = number_of(std::string_view(line).substr(0, end));
    const std::string_view name = trimmed(std::string_view(line).substr(end + 1));
    if (!number || *number >= names.size() || name.empty()) return std::nullopt;
    if (!names[*number].empty() || !different.emplace(name).second) return std::nullopt;
    names[*number] = name;
  }
  return names;
}

Names from_lines(std::string_view text) {
  Names lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = trimmed(text.substr(begin, end - begin));
    if (!line.empty()) lines.emplace_back(line);
    begin = end + 1;
  }
  if (auto names = from_numbered_lines(lines)) return *names;
  return lines;
}

}  // namespace

Names checked_labels(Names names) {
  if (names.empty()) throw Error("expected class names, received none");
  std::set<std::string> seen;
  for (const std::string& name : names) {
    if (name.empty()) throw Error("expected a name for each class, received an empty one");
    const bool is_printed = std::ranges::none_of(
        name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (!is_printed)
      throw Error("expected class names as text, received one with control characters");
    if (!seen.insert(to_nfc(name)).second)
      throw Error(fmt::format("the class name \"{}\" is there twice", name));
  }
  return names;
}

Names parse_labels(std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const size_t first = text.find_first_not_of(" \t\r\n");
  const bool is_json =
      first != std::string_view::npos && (text[first] == '[' || text[first] == '{');
  return checked_labels(is_json ? from_json(parse_json(text)) : from_lines(text));
}

Names read_labels(const std::filesystem::path& file) {
  return with_context(file.string(), [&] { return parse_labels(read_file(file, largest_file)); });
}

}  // namespace thaw
