#include "thaw/data/folder_walk.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "thaw/core/error.h"
#include "thaw/data/codec.h"

namespace thaw {

namespace fs = std::filesystem;

std::string lower_case(std::string text) {
  for (char& letter : text)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return text;
}

FolderEntries read_folder(const fs::path& folder) {
  FolderEntries entries;
  std::error_code failure;
  fs::directory_iterator iterator(folder, failure);
  for (; !failure && iterator != fs::directory_iterator(); iterator.increment(failure)) {
    std::error_code unknown;
    const bool is_folder = iterator->is_directory(unknown);
    auto& kind = !is_folder                      ? entries.files
                 : iterator->is_symlink(unknown) ? entries.linked_folders
                                                 : entries.folders;
    kind.push_back(iterator->path().filename().string());
  }
  if (failure) {
    throw Error(
        fmt::format("{}: the folder cannot be read: {}", folder.string(), failure.message()));
  }
  for (auto* names : {&entries.folders, &entries.linked_folders, &entries.files})
    std::ranges::sort(*names);
  return entries;
}

bool has_image_ending(const std::string& name, const ListingOptions& options) {
  const std::string lower = lower_case(name);
  for (const ImageCodec* codec : codecs::all()) {
    for (const std::string_view extension :
         options.only_keras_formats ? codec->keras_extensions : codec->extensions)
      if (lower.ends_with(extension)) return true;
  }
  return false;
}

const char* unwanted_kind(const std::string& name) {
  // Of macOS's archives, of Windows, of a network disk.
  constexpr auto of_systems = std::to_array<std::string_view>(
      {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir"});
  if (name.starts_with('.')) return "hidden";
  return std::ranges::find(of_systems, lower_case(name)) != of_systems.end() ? "system" : nullptr;
}

bool FolderWalk::enter(const fs::path& folder) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) return true;  // reading it says why
  return seen_.emplace(status.st_dev, status.st_ino).second;
}

bool FolderWalk::is_wanted(const fs::path& file) {
  if (options_.only_keras_formats) return true;
  const char* kind = unwanted_kind(file.filename().string());
  if (kind != nullptr) skip(skipped_, kind, "no photo of anyone's", file);
  return kind == nullptr;
}

void FolderWalk::keep(const fs::path& folder, size_t group, const FolderEntries& entries) {
  auto& images = images_[{group, folder.string()}];
  for (const std::string& name : entries.files) {
    if (!is_wanted(folder / name)) continue;
    if (has_image_ending(name, options_)) {
      images.push_back(name);
    } else {
      skip(skipped_, ending_of(name), "no image's ending", folder / name);
    }
  }
}

std::optional<FolderEntries> FolderWalk::entries_of(const fs::path& folder, size_t group) {
  try {
    return read_(folder);
  } catch (const Error&) {
    if (!options_.lists_unreadable_folders) throw;
    images_[{group, folder.parent_path().string()}].push_back(folder.filename().string());
    return std::nullopt;
  }
}

void FolderWalk::visit(const fs::path& top, size_t group, bool only_new) {
  std::vector<fs::path> waiting = {top};
  while (!waiting.empty()) {
    const fs::path folder = std::move(waiting.back());
    waiting.pop_back();
    if (!enter(folder) && only_new) {
      skip(skipped_, "linked folder", "it is listed already", folder);
      continue;
    }
    const auto entries = entries_of(folder, group);
    if (!entries) continue;
    for (const std::string& name : entries->folders)
      if (is_wanted(folder / name)) waiting.push_back(folder / name);
    for (const std::string& name : entries->linked_folders) {
      if (options_.only_keras_formats) {
        skip(skipped_, "linked folder", "Keras does not follow links", folder / name);
      } else if (is_wanted(folder / name)) {
        links_.emplace_back(folder / name, group);
      }
    }
    keep(folder, group, *entries);
  }
}

void FolderWalk::add(const fs::path& top, size_t group) { visit(top, group, false); }

void FolderWalk::follow_links() {
  while (!links_.empty()) {
    auto links = std::exchange(links_, {});
    std::ranges::sort(links);
    for (const auto& [link, group] : links) visit(link, group, true);
  }
}

std::vector<fs::path> FolderWalk::images(size_t group) const {
  std::vector<fs::path> images;
  for (auto entry = images_.lower_bound({group, ""});
       entry != images_.end() && entry->first.first == group; ++entry) {
    for (const std::string& name : entry->second)
      images.push_back(fs::path(entry->first.second) / name);
  }
  return images;
}

}  // namespace thaw
