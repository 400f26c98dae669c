#include "house/text.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

namespace thaw::house {
namespace {

/// The source with comments, strings, characters and preprocessor lines made blank; lines stay.
std::string bare(const std::string& text) {
  std::string result = text;
  const auto blank = [&](size_t from, size_t to) {
    for (size_t i = from; i < std::min(to, result.size()); ++i)
      if (result[i] != '\n') result[i] = ' ';
    return to;
  };
  bool line_begins = true;
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (line_begins && c == '#') {
      size_t end = text.find('\n', i);
      while (end != std::string::npos && text[end - 1] == '\\') end = text.find('\n', end + 1);
      i = blank(i, std::min(end, text.size()));
    } else if (text.compare(i, 2, "//") == 0) {
      i = blank(i, std::min(text.find('\n', i), text.size()));
    } else if (text.compare(i, 2, "/*") == 0) {
      i = blank(i, std::min(text.find("*/", i), text.size() - 2) + 2);
    } else if (text.compare(i, 2, "R\"") == 0) {
      const std::string end = ")" + text.substr(i + 2, text.find('(', i) - i - 2) + "\"";
      i = blank(i, std::min(text.find(end, i), text.size() - end.size()) + end.size());
    } else if (c == '"' || (c == '\'' && (i == 0 || std::isxdigit(text[i - 1]) == 0))) {
      size_t end = i + 1;
      while (end < text.size() && text[end] != c) end += text[end] == '\\' ? 2 : 1;
      i = blank(i, end + 1);
    } else {
      ++i;
    }
    if (c != ' ') line_begins = c == '\n';
  }
  return result;
}

/// Without spaces around it and `private:` before it.
std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \n");
  if (first == std::string::npos) return "";
  const std::string inner = text.substr(first, text.find_last_not_of(" \n") - first + 1);
  for (const char* label : {"public:", "private:", "protected:"}) {
    if (inner.starts_with(label)) return trimmed(inner.substr(std::strlen(label)));
  }
  return inner;
}

}  // namespace

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream stream(path);
  if (!stream) throw std::runtime_error("expected a file that can be read: " + path.string());
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<Include> includes_of(const std::filesystem::path& path) {
  static const std::regex form(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"].*)");
  std::vector<Include> result;
  size_t number = 0;
  for (const std::string& line : lines_of(path)) {
    ++number;
    if (line.find("include") == std::string::npos) continue;
    if (std::smatch match; std::regex_match(line, match, form))
      result.push_back({match[1], number});
  }
  return result;
}

std::vector<Block> blocks_of(const std::filesystem::path& path) {
  std::ifstream stream(path);
  const std::string text =
      bare({std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()});
  std::vector<Block> blocks;
  std::vector<size_t> open;
  size_t line = 1;
  size_t since = 0;
  int parentheses = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    if (c == '(') ++parentheses;
    if (c == ')') --parentheses;
    if (c == '{') {
      blocks.push_back({trimmed(text.substr(since, i - since)), line, line, open});
      open.push_back(blocks.size() - 1);
    }
    if (c == '}' && !open.empty()) {
      blocks[open.back()].last_line = line;
      open.pop_back();
    }
    // A `;` of a for loop ends nothing.
    if (c == '{' || c == '}' || (c == ';' && parentheses == 0)) since = i + 1;
  }
  return blocks;
}

std::string defined_type(const std::string& head) {
  static const std::regex form(
      R"((?:template[\s\S]*>\s*)?(?:typedef\s+)?(?:struct|class|enum(?:\s+class)?|union)\s+(?:\[\[[^\]]*\]\]\s*)?(\w+)(?:\s+final)?(?:\s*:(?!:)[\s\S]*)?)");
  std::smatch match;
  return std::regex_match(head, match, form) ? match[1].str() : "";
}

bool is_function(const std::string& head) {
  static const std::regex form(
      R"([\s\S]*\)\s*(?:const|noexcept|override|final|mutable|&|&&|\s)*(?:->[\s\S]*)?(?::[\s\S]*)?)");
  static const std::regex other(
      R"((?:namespace|struct|class|enum|union|if|for|while|switch|else|do|catch|try)\b[\s\S]*)");
  return std::regex_match(head, form) && !std::regex_match(head, other);
}

}  // namespace thaw::house
