#include "thaw/train/choice.h"

#include <charconv>

#include "thaw/core/error.h"

namespace thaw {
namespace {

/// How much of a text that is no option an error repeats.
constexpr size_t shown_letters = 60;

template <typename Number>
bool is_number(std::string_view text, Number& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size();
}

Config value_from(std::string_view text) {
  if (text == "true" || text == "false") return text == "true";
  if (int64_t integer = 0; is_number(text, integer)) return integer;
  if (double number = 0; is_number(text, number)) return number;
  return std::string(text);
}

}  // namespace

std::string Choice::to_string() const {
  std::string text = name;
  for (const auto& [key, value] : options.as_map()) {
    text += (text.size() == name.size() ? "@" : ",") + key + "=" +
            (value.is_string() ? value.as_string() : value.to_string());
  }
  return text;
}

Choice parse_choice(std::string_view text) {
  const size_t at = text.find('@');
  Choice choice{.name = std::string(text.substr(0, at))};
  if (at == std::string_view::npos) return choice;
  std::string_view rest = text.substr(at + 1);
  for (bool is_last = false; !is_last;) {
    const size_t comma = rest.find(',');
    const std::string_view option = rest.substr(0, comma);
    const size_t equals = option.find('=');
    const std::string key(option.substr(0, equals));
    if (key.empty() || equals == std::string_view::npos) {
      throw UsageError(choice.name + ": expected OPTION=VALUE, received \"" +
                       std::string(option.substr(0, shown_letters)) + "\"");
    }
    if (choice.options.find(key) != nullptr)
      throw UsageError(choice.name + ": expected " + key + " once, received it twice");
    choice.options.set(key, value_from(option.substr(equals + 1)));
    is_last = comma == std::string_view::npos;
    if (!is_last) rest = rest.substr(comma + 1);
  }
  return choice;
}

std::vector<std::string> split_choices(std::string_view text) {
  std::vector<std::string> result;
  while (true) {
    const size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    const bool is_option = part.find('=') != std::string_view::npos &&
                           part.find('@') == std::string_view::npos && !result.empty() &&
                           result.back().find('@') != std::string::npos;
    if (is_option) {
      result.back() += "," + std::string(part);
    } else if (!part.empty()) {
      result.emplace_back(part);
    }
    if (comma == std::string_view::npos) return result;
    text = text.substr(comma + 1);
  }
}

}  // namespace thaw
