#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <string>
#include <vector>

#include "thaw/applications/application.h"
#include "thaw/core/error.h"
#include "thaw/core/named.h"

namespace thaw::applications {
namespace {

constexpr size_t shown_letters = 64;  // of what was received, in a message

std::string in_lower_case(std::string_view text) {
  std::string result(text);
  for (char& letter : result)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return result;
}

/// How many letters must be changed, added or left out (Levenshtein 1966).
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

const Application& by_name(std::string_view name) {
  const Application* nearest = nullptr;
  size_t smallest = 4;  // more changes than three mean another name
  const std::string plain = in_lower_case(name.substr(0, shown_letters));
  for (const Application* application : all()) {
    if (name == application->name || name == application->keras_name) return *application;
    const size_t changes = distance(plain, application->name);
    if (changes < smallest) {
      smallest = changes;
      nearest = application;
    }
  }
  throw UsageError(
      fmt::format("expected a network's name ({}), received \"{}\"{}", names_of(all()),
                  name.substr(0, shown_letters),
                  nearest == nullptr ? "" : fmt::format(": did you mean {}?", nearest->name)));
}

template <typename Number>
Number number_from(std::string_view key, std::string_view text) {
  Number number{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size() || text.empty())
    throw UsageError(
        fmt::format("{}: expected a number, received \"{}\"", key, text.substr(0, shown_letters)));
  return number;
}

/// The value that `text` says, of the default's kind.
Config parse(std::string_view key, std::string_view text, const Config& usual) {
  if (usual.is_integer()) return number_from<int64_t>(key, text);
  if (usual.is_number()) return number_from<double>(key, text);
  if (usual.is_string()) return std::string(text);
  if (text == "true" || text == "false") return text == "true";
  throw UsageError(fmt::format("{}: expected true or false, received \"{}\"", key,
                               text.substr(0, shown_letters)));
}

void set(Options& options, const Application& application, std::string_view assignment) {
  const size_t equals = assignment.find('=');
  const std::string_view key = assignment.substr(0, equals);
  const std::string_view value =
      equals == std::string_view::npos ? "" : assignment.substr(equals + 1);
  const Config defaults = application.own_defaults();
  const Config* usual = defaults.find(key);
  if (usual == nullptr) {
    const std::string takes = application.takes();
    throw UsageError(fmt::format("expected {}, received \"{}\"",
                                 takes.empty()
                                     ? "no option, since this network has none"
                                     : fmt::format("KEY=VALUE with KEY one of: {}", takes),
                                 assignment.substr(0, shown_letters)));
  }
  if (options.own.values().find(key) != nullptr)
    throw UsageError(fmt::format("expected {} once, received it twice", key));
  options.own.set(key, parse(key, value, *usual));
}

}  // namespace

std::pair<const Application*, Options> find(std::string_view text) {
  const size_t at = text.find('@');
  const Application& application = by_name(text.substr(0, at));
  Options options;
  if (at == std::string_view::npos) return {&application, options};
  std::string_view rest = text.substr(at + 1);
  with_context(std::string(application.name), [&] {
    while (true) {
      const size_t comma = rest.find(',');
      set(options, application, rest.substr(0, comma));
      if (comma == std::string_view::npos) break;
      rest = rest.substr(comma + 1);
    }
  });
  return {&application, options};
}

Functional create(std::string_view name, Options options) {
  const auto [application, named] = find(name);
  for (const auto& [key, value] : named.own.values().as_map()) options.own.set(key, value);
  return create(*application, std::move(options));
}

}  // namespace thaw::applications
