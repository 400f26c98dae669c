#include <fmt/format.h>

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/data/manifest.h"
#include "thaw/formats/json.h"

namespace thaw::sources {
namespace {

constexpr size_t most_bytes = size_t{1} << 30;
constexpr size_t longest_line = size_t{1} << 20;

/// A value as a table's field: texts and whole numbers as they are; lists of them with semicolons
/// between.
std::string field(const std::string& name, const Config& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.as_string();
  if (value.is_number()) return value.to_string();
  if (!value.is_list()) {
    throw Error(
        fmt::format("expected a text or a number as \"{}\", received {}", name, value.to_string()));
  }
  std::string all;
  for (const Config& one : value.as_list()) {
    if (one.is_list()) throw Error(fmt::format("expected texts in \"{}\", received a list", name));
    all += (all.empty() ? "" : ";") + field(name, one);
  }
  return all;
}

Manifest::Row row_of(std::string_view line) {
  if (line.size() > longest_line)
    throw Error(fmt::format("expected at most {} bytes, received {}", longest_line, line.size()));
  const Config object = parse_json(line);
  if (!object.is_map())
    throw Error("expected an object, {\"path\": \"…\", \"label\": \"…\"}, received another value");
  Manifest::Row row;
  for (const auto& [name, value] : object.as_map()) {
    const auto column = manifest_column(name);
    if (!column) continue;
    if (value.is_list() && *column != ManifestColumn::labels) {
      throw Error(fmt::format("expected one value as \"{}\", received a list", name));
    }
    if (!row.emplace(*column, field(name, value)).second) {
      throw Error(fmt::format(
          "expected one key for each thing, received \"{}\" beside another that means the same",
          name));
    }
  }
  return row;
}

Manifest read_json_lines(const SourcePath& path, const ListingOptions& options) {
  Manifest manifest(path, options);
  const std::string text = read_file(path.file, most_bytes);
  int64_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    ++number;
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const auto row = with_context(fmt::format("{}: line {}", path.file.string(), number),
                                  [&] { return row_of(line); });
    manifest.add(number, row);
  }
  return manifest;
}

SourceMatch match_json_lines(const SourcePath& path) {
  return path.has_ending(".jsonl") || path.has_ending(".ndjson") ? SourceMatch::yes
                                                                 : SourceMatch::no;
}

std::optional<ImageParts> parts_of_json_lines(const SourcePath& path,
                                              const ListingOptions& options) {
  return read_json_lines(path, options).parts();
}

ImageFolder list_json_lines(const SourcePath& path, const ListingOptions& options) {
  return read_json_lines(path, options).list();
}

}  // namespace

extern const SourceKind json_lines;
constinit const SourceKind json_lines{.name = "JSON Lines",
                                      .looks_like = "a .jsonl of objects with the same keys",
                                      .match = &match_json_lines,
                                      .parts = &parts_of_json_lines,
                                      .list = &list_json_lines};

}  // namespace thaw::sources
