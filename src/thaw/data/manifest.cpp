#include "thaw/data/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "thaw/core/error.h"
#include "thaw/data/folder_walk.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

std::string value_of(const Manifest::Row& row, ManifestColumn column) {
  const auto found = row.find(column);
  return found == row.end() ? "" : found->second;
}

/// 1 where none is given.
double weight_of(const Manifest::Row& row) {
  const std::string text = value_of(row, ManifestColumn::weight);
  if (text.empty()) return 1;
  double weight = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, weight);
  const bool is_one = weight >= 0 && weight <= std::numeric_limits<float>::max();
  if (failure != std::errc() || stop != end || !is_one)
    throw Error(fmt::format("expected a weight of 0 or more, received \"{}\"", text));
  return weight;
}

}  // namespace

std::optional<ManifestColumn> manifest_column(std::string_view name) {
  using enum ManifestColumn;
  constexpr auto names = std::to_array<std::pair<std::string_view, ManifestColumn>>(
      {{"path", path},           {"file", path},       {"file_name", path},   {"filename", path},
       {"filepath", path},       {"file_path", path},  {"image", path},       {"image_path", path},
       {"label", label},         {"class", label},     {"class_name", label}, {"category", label},
       {"labels", labels},       {"classes", labels},  {"tags", labels},      {"split", split},
       {"subset", split},        {"partition", split}, {"set", split},        {"weight", weight},
       {"sample_weight", weight}});
  const auto found =
      std::ranges::find(names, lower_case(std::string(name)), &decltype(names)::value_type::first);
  if (found == names.end()) return std::nullopt;
  return found->second;
}

Manifest::Manifest(const SourcePath& path, const ListingOptions& options)
    : path_(path), options_(options) {
  if (path.inside.empty()) return;
  part_ = image_part_of(path.inside);
  if (!part_) {
    throw Error(fmt::format("{}: expected train, val or test as a part of {}, received \"{}\"",
                            path.whole.string(), path.file.string(), path.inside));
  }
}

bool Manifest::is_wanted(const Row& row) {
  const std::string split = value_of(row, ManifestColumn::split);
  if (split.empty()) {
    ++rows_of_no_part_;
    return !part_;
  }
  const auto part = image_part_of(split);
  if (!part) {
    throw Error(fmt::format("expected a split of train, val or test, received \"{}\"", split));
  }
  ++rows_[*part];
  return !part_ || part == part_;
}

std::string Manifest::label_of(const Row& row) const {
  const std::string one = value_of(row, ManifestColumn::label);
  std::string several = value_of(row, ManifestColumn::labels);
  constexpr std::string_view separators = ";|,";
  if (several.find_first_of(separators) != std::string::npos) {
    throw Error(fmt::format(
        "expected one label an image, received \"{}\": images of several classes at once cannot be "
        "learned from; keep one label a row in a column \"label\"",
        several));
  }
  if (!one.empty() && !several.empty() && one != several)
    throw Error(fmt::format("expected one label, received \"{}\" and \"{}\"", one, several));
  std::string label = one.empty() ? several : one;
  if (label.empty() && options_.labelled)
    throw Error("expected a label, received none: add it or remove the row");
  return label;
}

void Manifest::add(int64_t line, const Row& row) {
  with_context(fmt::format("{}: line {}", path_.file.string(), line), [&] {
    const std::string name = value_of(row, ManifestColumn::path);
    if (name.empty() || name.find('\0') != std::string::npos)
      throw Error("expected the path of an image, received none");
    const double weight = weight_of(row);
    if (!is_wanted(row)) return;
    std::string label = label_of(row);
    const fs::path file = (path_.file.parent_path() / name).lexically_normal();
    const auto [place, is_new] = places_.emplace(file.string(), entries_.size());
    if (is_new) {
      entries_.push_back({.file = file, .label = std::move(label), .weight = weight, .line = line});
      return;
    }
    const Entry& other = entries_[place->second];
    if (options_.labelled && other.label != label) {
      throw Error(
          fmt::format("{} is \"{}\" here and \"{}\" in line {}: one class an image can be learned",
                      name, label, other.label, other.line));
    }
    if (options_.labelled && other.weight != weight) {
      throw Error(fmt::format("{} has a weight of {} here and of {} in line {}: keep one of them",
                              name, weight, other.weight, other.line));
    }
    skip(skipped_, "row", "its image is listed twice", file);
  });
}

std::optional<ImageParts> Manifest::parts() const {
  if (rows_.empty() || part_) return std::nullopt;
  if (rows_of_no_part_ > 0) {
    throw Error(fmt::format("{}: expected a split in every row or in none, received {} without",
                            path_.file.string(), rows_of_no_part_));
  }
  std::vector<std::pair<ImagePart, fs::path>> found;
  constexpr auto names = std::to_array<const char*>({"train", "val", "test"});
  for (const auto& [part, rows] : rows_)
    found.emplace_back(part, path_.file / names[static_cast<size_t>(part)]);
  return image_parts_of(found);
}

ImageFolder Manifest::list() const {
  ImageFolder listing;
  std::map<std::string, std::vector<const Entry*>> classes;
  for (const Entry& entry : entries_) classes[entry.label].push_back(&entry);
  if (entries_.empty()) {
    throw Error(
        fmt::format("{}: expected rows that list images, found none", path_.whole.string()));
  }
  if (!options_.labelled) {
    for (const Entry& entry : entries_) listing.files.push_back(entry.file);
  } else if (classes.size() < 2 && !options_.one_class) {
    throw Error(fmt::format("{}: expected images of at least two classes, received only \"{}\"",
                            path_.whole.string(), classes.begin()->first));
  } else {
    for (const auto& [label, members] : classes) {
      for (const Entry* entry : members) {
        listing.files.push_back(entry->file);
        listing.labels.push_back(std::ssize(listing.class_names));
        listing.weights.push_back(entry->weight);
      }
      listing.class_names.push_back(label);
    }
  }
  if (std::ranges::all_of(listing.weights, [](double weight) { return weight == 1; }))
    listing.weights.clear();
  listing.skipped = skipped_;
  return listing;
}

}  // namespace thaw
