#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/data/manifest.h"

namespace thaw::sources {
namespace {

constexpr size_t most_bytes = size_t{1} << 30;

/// Rows of fields as RFC 4180 has them: separated by a comma, or what else separates the first
/// row's; a field in quotes may hold separators, line ends and, doubled, quotes. Rows that hold
/// nothing are passed over.
class CsvReader {
 public:
  explicit CsvReader(std::string text) : text_(std::move(text)) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    const std::string_view first = std::string_view(text_).substr(0, text_.find('\n'));
    for (const char candidate : {'\t', ';'}) {
      if (first.find(',') == std::string_view::npos &&
          first.find(candidate) != std::string_view::npos)
        separator_ = candidate;
    }
  }

  /// The next row; empty after the last. Throws Error when it is none.
  std::vector<std::string> next() {
    while (at_ < text_.size()) {
      line_ = next_line_;
      std::vector<std::string> fields;
      do fields.push_back(field());
      while (ends_at_separator());
      if (fields.size() > 1 || !fields[0].empty()) return fields;
    }
    return {};
  }

  /// Of the row that next() gave last; the first is 1.
  int64_t line() const { return line_; }

 private:
  std::string field() {
    std::string value;
    if (at_ < text_.size() && text_[at_] == '"') {
      quoted(value);
      if (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n' &&
          text_[at_] != '\r')
        throw Error("expected a separator behind the closing quote, received more text");
      return value;
    }
    const std::string ends{separator_, '\n', '\r'};
    const size_t end = std::min(text_.find_first_of(ends, at_), text_.size());
    value = text_.substr(at_, end - at_);
    at_ = end;
    return value;
  }

  void quoted(std::string& value) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++next_line_;
      if (text_[at_] != '"') {
        value += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        value += text_[++at_];
      } else {
        ++at_;
        return;
      }
    }
    throw Error("expected a closing quote, found none up to the end of the file");
  }

  /// Passes over what ends a field. Whether the row goes on.
  bool ends_at_separator() {
    if (at_ >= text_.size()) return false;
    if (text_[at_] == separator_) {
      ++at_;
      return true;
    }
    if (text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    ++next_line_;
    return false;
  }

  std::string text_;
  size_t at_ = 0;
  char separator_ = ',';
  int64_t line_ = 0;
  int64_t next_line_ = 1;
};

/// What each field of a row is; nothing: no matter.
std::vector<std::optional<ManifestColumn>> columns_of(const std::vector<std::string>& names,
                                                      const ListingOptions& options) {
  std::vector<std::optional<ManifestColumn>> columns;
  for (const std::string& name : names) {
    const auto column = manifest_column(name);
    if (column && std::ranges::find(columns, column) != columns.end()) {
      throw Error(
          fmt::format("expected one column for each thing, received \"{}\" beside another "
                      "that means the same",
                      name));
    }
    columns.push_back(column);
  }
  const auto has = [&](ManifestColumn column) {
    return std::ranges::find(columns, std::optional(column)) != columns.end();
  };
  if (!has(ManifestColumn::path) ||
      (options.labelled && !has(ManifestColumn::label) && !has(ManifestColumn::labels))) {
    throw Error(fmt::format(
        "expected a first line that names the columns, \"path\" and \"label\" among them (also "
        "\"split\": train, val or test), received \"{}\"",
        fmt::join(names, ",")));
  }
  return columns;
}

Manifest read_csv(const SourcePath& path, const ListingOptions& options) {
  Manifest manifest(path, options);
  CsvReader reader(read_file(path.file, most_bytes));
  const auto in_row = [&](auto body) {
    return with_context(fmt::format("{}: line {}", path.file.string(), reader.line()), body);
  };
  const auto next = [&] {
    return with_context(fmt::format("{}: line {}", path.file.string(), reader.line() + 1),
                        [&] { return reader.next(); });
  };
  const auto names = next();
  const auto columns = in_row([&] { return columns_of(names, options); });
  for (auto fields = next(); !fields.empty(); fields = next()) {
    if (fields.size() != columns.size()) {
      in_row([&] {
        throw Error(fmt::format("expected {} fields as in the first line, received {}",
                                columns.size(), fields.size()));
      });
    }
    Manifest::Row row;
    for (size_t i = 0; i < fields.size(); ++i)
      if (columns[i]) row[*columns[i]] = std::move(fields[i]);
    manifest.add(reader.line(), row);
  }
  return manifest;
}

SourceMatch match_csv(const SourcePath& path) {
  return path.has_ending(".csv") || path.has_ending(".tsv") ? SourceMatch::yes : SourceMatch::no;
}

std::optional<ImageParts> parts_of_csv(const SourcePath& path, const ListingOptions& options) {
  return read_csv(path, options).parts();
}

ImageFolder list_csv(const SourcePath& path, const ListingOptions& options) {
  return read_csv(path, options).list();
}

}  // namespace

extern const SourceKind csv;
constinit const SourceKind csv{
    .name = "CSV",
    .looks_like =
        "a .csv or .tsv of columns path and label, and split where it says what is for "
        "training",
    .match = &match_csv,
    .parts = &parts_of_csv,
    .list = &list_csv};

}  // namespace thaw::sources
