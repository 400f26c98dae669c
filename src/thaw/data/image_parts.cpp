#include "thaw/data/image_parts.h"

#include <algorithm>
#include <array>
#include <string>

#include "thaw/data/folder_walk.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

bool holds_classes(const fs::path& folder) {
  const FolderEntries entries = read_folder(folder);
  const auto is_wanted = [](const std::string& name) { return unwanted_kind(name) == nullptr; };
  const auto is_image = [&](const std::string& name) {
    return is_wanted(name) && has_image_ending(name, {});
  };
  return std::ranges::none_of(entries.files, is_image) &&
         (std::ranges::any_of(entries.folders, is_wanted) ||
          std::ranges::any_of(entries.linked_folders, is_wanted));
}

}  // namespace

std::optional<ImageParts> find_image_parts(const fs::path& folder) {
  enum class Part { training, validation, test };
  constexpr auto names =
      std::to_array<std::pair<std::string_view, Part>>({{"train", Part::training},
                                                        {"training", Part::training},
                                                        {"val", Part::validation},
                                                        {"valid", Part::validation},
                                                        {"validation", Part::validation},
                                                        {"test", Part::test},
                                                        {"testing", Part::test}});
  std::error_code failure;
  if (!fs::is_directory(folder, failure)) return std::nullopt;
  FolderEntries entries = read_folder(folder);
  entries.folders.insert(entries.folders.end(), entries.linked_folders.begin(),
                         entries.linked_folders.end());
  std::array<std::vector<fs::path>, 3> found;
  for (const std::string& name : entries.folders) {
    if (unwanted_kind(name) != nullptr) continue;
    const auto part =
        std::ranges::find(names, lower_case(name), &decltype(names)::value_type::first);
    if (part == names.end() || !holds_classes(folder / name)) return std::nullopt;
    found[static_cast<size_t>(part->second)].push_back(folder / name);
  }
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

}  // namespace thaw
