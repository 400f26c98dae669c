#include "thaw/train/logs_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "thaw/core/error.h"

namespace thaw {
namespace {

using Number = std::variant<int64_t, double>;

Number number_called(std::string_view name,
                     const std::vector<std::pair<std::string, int64_t>>& counts, const Logs& logs) {
  std::string names;
  for (const auto& [key, value] : counts) {
    if (key == name) return value;
    names += (names.empty() ? "" : ", ") + key;
  }
  for (const auto& [key, value] : logs) {
    if (key == name) return value;
    names += ", " + key;
  }
  throw UsageError(fmt::format("expected one of {} between braces, received \"{}\"", names, name));
}

/// Without a form as Python writes numbers: 1.0, where fmt writes 1.
std::string in_form(const Number& number, std::string_view form) {
  if (const auto* count = std::get_if<int64_t>(&number)) {
    constexpr std::string_view of_real_numbers = "eEfFgG";
    const bool is_real = !form.empty() && of_real_numbers.find(form.back()) != std::string::npos;
    const auto pattern = fmt::format("{{:{}}}", form);
    return is_real ? fmt::format(fmt::runtime(pattern), static_cast<double>(*count))
                   : fmt::format(fmt::runtime(pattern), *count);
  }
  const double value = std::get<double>(number);
  std::string text = fmt::format(fmt::runtime(fmt::format("{{:{}}}", form)), value);
  const bool is_whole = text.find_first_not_of("-0123456789") == std::string::npos;
  return form.empty() && is_whole ? text + ".0" : text;
}

}  // namespace

std::string logs_text(std::string_view text,
                      const std::vector<std::pair<std::string, int64_t>>& counts,
                      const Logs& logs) {
  std::string result;
  for (size_t at = 0; at < text.size(); ++at) {
    const char letter = text[at];
    if (letter != '{' && letter != '}') {
      result += letter;
    } else if (at + 1 < text.size() && text[at + 1] == letter) {
      result += letter;
      ++at;
    } else {
      const size_t end = text.find('}', at);
      if (letter == '}' || end == std::string_view::npos)
        throw UsageError(fmt::format("expected braces in pairs, received \"{}\"", text));
      const std::string_view inside = text.substr(at + 1, end - at - 1);
      const size_t colon = std::min(inside.find(':'), inside.size());
      const std::string_view form = inside.substr(std::min(colon + 1, inside.size()));
      const Number number = number_called(inside.substr(0, colon), counts, logs);
      try {
        result += in_form(number, form);
      } catch (const fmt::format_error&) {
        throw UsageError(fmt::format(
            "expected a form of numbers behind the colon, 02d or .2f, received \"{}\"", inside));
      }
      at = end;
    }
  }
  return result;
}

}  // namespace thaw
