#include "thaw/data/image_parts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>

#include "thaw/core/error.h"
#include "thaw/data/folder_walk.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

/// What of a folder may be of a data set: neither hidden files nor those that systems leave.
FolderEntries wanted_entries(const fs::path& folder, const FolderReader& read) {
  FolderEntries entries = read(folder);
  entries.folders.insert(entries.folders.end(), entries.linked_folders.begin(),
                         entries.linked_folders.end());
  entries.linked_folders.clear();
  const auto is_unwanted = [](const std::string& name) { return unwanted_kind(name) != nullptr; };
  std::erase_if(entries.folders, is_unwanted);
  std::erase_if(entries.files, is_unwanted);
  return entries;
}

bool holds_classes(const FolderEntries& entries) {
  const auto is_image = [](const std::string& name) { return has_image_ending(name, {}); };
  return !entries.folders.empty() && std::ranges::none_of(entries.files, is_image);
}

/// From `folder` down as long as there is one folder alone that holds folders itself.
fs::path innermost(const fs::path& folder, const FolderReader& read) {
  constexpr int most = 8;
  fs::path inner = folder;
  for (int i = 0; i < most; ++i) {
    const FolderEntries entries = wanted_entries(inner, read);
    if (entries.folders.size() != 1 || !holds_classes(entries)) return inner;
    const std::string& only = entries.folders.front();
    const bool is_part_of_another =
        image_part_of(only) && lower_case(only) != lower_case(inner.filename().string());
    if (is_part_of_another || !holds_classes(wanted_entries(inner / only, read))) return inner;
    inner /= only;
  }
  return inner;
}

/// The folders that are named as parts.
struct Candidates {
  std::vector<std::pair<ImagePart, fs::path>> parts;
  std::vector<fs::path> without_classes;
  std::vector<std::string> names;  ///< of all these
  bool has_others = false;         ///< there are folders that are not

  bool have_two_kinds() const {
    const auto is_training = [](const auto& part) { return part.first == ImagePart::training; };
    return std::ranges::any_of(parts, is_training) && !std::ranges::all_of(parts, is_training);
  }
};

Candidates candidates_in(const fs::path& folder, const FolderReader& read) {
  Candidates result;
  for (const std::string& name : wanted_entries(folder, read).folders) {
    const auto part = image_part_of(name);
    if (!part) {
      result.has_others = true;
      continue;
    }
    result.names.push_back(name);
    const fs::path inner = innermost(folder / name, read);
    const FolderEntries entries = wanted_entries(inner, read);
    // test/test with images in it is a part once more, and no class.
    const bool is_wrapped = entries.folders.size() == 1 && image_part_of(entries.folders.front());
    if (holds_classes(entries) && !is_wrapped) {
      result.parts.emplace_back(*part, inner);
    } else {
      result.without_classes.push_back(inner);
    }
  }
  return result;
}

}  // namespace

std::optional<ImagePart> image_part_of(std::string_view word) {
  constexpr auto words =
      std::to_array<std::pair<std::string_view, ImagePart>>({{"train", ImagePart::training},
                                                             {"training", ImagePart::training},
                                                             {"val", ImagePart::validation},
                                                             {"valid", ImagePart::validation},
                                                             {"validation", ImagePart::validation},
                                                             {"test", ImagePart::test},
                                                             {"testing", ImagePart::test}});
  const auto part =
      std::ranges::find(words, lower_case(std::string(word)), &decltype(words)::value_type::first);
  if (part == words.end()) return std::nullopt;
  return part->second;
}

std::optional<ImageParts> image_parts_of(
    std::span<const std::pair<ImagePart, fs::path>> found_parts) {
  std::array<std::vector<fs::path>, 3> found;
  for (const auto& [part, path] : found_parts) found[static_cast<size_t>(part)].push_back(path);
  auto& [training, validation, test] = found;
  if (training.size() != 1 || validation.size() > 1 || test.size() > 1) return std::nullopt;
  ImageParts parts{.training = training[0], .validation = {}, .others = std::move(test)};
  if (!validation.empty()) {
    parts.validation = validation[0];
  } else if (!parts.others.empty()) {
    parts.validation = parts.others[0];
    parts.others.clear();
  }
  return parts;
}

fs::path without_wrappers(const fs::path& folder) {
  std::error_code failure;
  return fs::is_directory(folder, failure) ? innermost(folder, &read_folder) : folder;
}

std::optional<ImageParts> find_image_parts(const fs::path& folder) {
  std::error_code failure;
  if (!fs::is_directory(folder, failure)) return std::nullopt;
  return find_image_parts(folder, &read_folder);
}

std::optional<ImageParts> find_image_parts(const fs::path& folder, const FolderReader& read) {
  Candidates found = candidates_in(folder, read);
  if (auto parts = image_parts_of(found.parts); parts && !found.has_others) {
    parts->without_classes = std::move(found.without_classes);
    return parts;
  }
  const bool are_all_parts = !found.has_others && found.names.size() > 1;
  if (!are_all_parts && !found.have_two_kinds()) return std::nullopt;
  throw Error(fmt::format(
      "{}: expected folders named after classes, or one for training (train, of which each folder "
      "is a class) beside one for validation (val), received {}{}: name the folder that holds the "
      "classes, and another with --validation",
      folder.string(), fmt::join(found.names, ", "), found.has_others ? " and others" : ""));
}

}  // namespace thaw
