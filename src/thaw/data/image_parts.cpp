#include "thaw/data/image_parts.h"

#include <algorithm>
#include <array>
#include <string>

#include "thaw/data/folder_walk.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

bool holds_classes(const fs::path& folder, const FolderReader& read) {
  const FolderEntries entries = read(folder);
  const auto is_wanted = [](const std::string& name) { return unwanted_kind(name) == nullptr; };
  const auto is_image = [&](const std::string& name) {
    return is_wanted(name) && has_image_ending(name, {});
  };
  return std::ranges::none_of(entries.files, is_image) &&
         (std::ranges::any_of(entries.folders, is_wanted) ||
          std::ranges::any_of(entries.linked_folders, is_wanted));
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

std::optional<ImageParts> find_image_parts(const fs::path& folder) {
  std::error_code failure;
  if (!fs::is_directory(folder, failure)) return std::nullopt;
  return find_image_parts(folder, &read_folder);
}

std::optional<ImageParts> find_image_parts(const fs::path& folder, const FolderReader& read) {
  FolderEntries entries = read(folder);
  entries.folders.insert(entries.folders.end(), entries.linked_folders.begin(),
                         entries.linked_folders.end());
  std::vector<std::pair<ImagePart, fs::path>> found;
  for (const std::string& name : entries.folders) {
    if (unwanted_kind(name) != nullptr) continue;
    const auto part = image_part_of(name);
    if (!part || !holds_classes(folder / name, read)) return std::nullopt;
    found.emplace_back(*part, folder / name);
  }
  return image_parts_of(found);
}

}  // namespace thaw
