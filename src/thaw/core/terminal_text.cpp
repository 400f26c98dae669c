#include "thaw/core/terminal_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace thaw {
namespace {

uint8_t byte_at(std::string_view text, size_t at) {
  return at < text.size() ? static_cast<uint8_t>(text[at]) : 0;
}

/// The length of the UTF-8 sequence that stands at `at` and can be printed; 0: there is none.
/// Sequences that are too long for their character, surrogates, and control characters are none.
size_t printable_length(std::string_view text, size_t at) {
  const uint8_t first = byte_at(text, at);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte_at(text, at + i) & 0xc0U) != 0x80) return 0;
  const uint8_t second = byte_at(text, at + 1);
  const bool is_control = first == 0xc2 && second < 0xa0;
  const bool is_too_long = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool is_no_character =
      (first == 0xed && second >= 0xa0) || (first == 0xf4 && second >= 0x90);
  // U+202A to U+202E and U+2066 to U+2069 turn the direction of what follows.
  const uint8_t third = byte_at(text, at + 2);
  const bool turns = first == 0xe2 && ((second == 0x80 && third >= 0xaa && third <= 0xae) ||
                                       (second == 0x81 && third >= 0xa6 && third <= 0xa9));
  return is_control || is_too_long || is_no_character || turns ? 0 : length;
}

std::string escaped(std::string_view text, bool keeps_lines) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    const bool is_kept_line = keeps_lines && text[at] == '\n';
    const size_t length = is_kept_line ? 1 : printable_length(text, at);
    if (length == 0) {
      result += fmt::format("\\x{:02x}", byte_at(text, at));
    } else {
      result += text.substr(at, length);
    }
    at += std::max<size_t>(length, 1);
  }
  return result;
}

}  // namespace

std::string printable(std::string_view text) { return escaped(text, true); }
std::string printable_name(std::string_view name) { return escaped(name, false); }

}  // namespace thaw
