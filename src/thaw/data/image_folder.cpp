#include "thaw/data/image_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "thaw/core/error.h"
#include "thaw/core/unicode.h"
#include "thaw/data/codec.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

std::string lower_case(std::string text) {
  for (char& letter : text)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return text;
}

bool is_image_name(const std::string& name, const ListingOptions& options) {
  const std::string lower = lower_case(name);
  for (const ImageCodec* codec : codecs::all()) {
    if (options.only_keras_formats && !codec->keras_lists) continue;
    for (const std::string_view extension : codec->extensions)
      if (lower.ends_with(extension)) return true;
  }
  return false;
}

struct Entries {
  std::vector<std::string> folders;
  std::vector<std::string> linked_folders;
  std::vector<std::string> files;
};

/// What a folder holds, each kind sorted by name.
Entries read_folder(const fs::path& folder) {
  Entries entries;
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
  std::sort(entries.folders.begin(), entries.folders.end());
  std::sort(entries.files.begin(), entries.files.end());
  return entries;
}

void check_folder(const fs::path& folder) {
  std::error_code failure;
  const fs::file_status status = fs::status(folder, failure);
  if (status.type() == fs::file_type::not_found)
    throw Error(fmt::format("{}: there is no such folder", folder.string()));
  if (failure) {
    throw Error(
        fmt::format("{}: the folder cannot be read: {}", folder.string(), failure.message()));
  }
  if (!fs::is_directory(status))
    throw Error(fmt::format("{}: expected a folder, received a file", folder.string()));
}

/// All images below `top`. Folders are sorted by their whole path as a text, as Keras sorts what
/// Python's os.walk gives: "a-b" comes before "a/b".
std::vector<fs::path> images_below(const fs::path& top, const ListingOptions& options) {
  std::map<std::string, std::vector<std::string>> files_by_folder;
  std::vector<fs::path> waiting = {top};
  while (!waiting.empty()) {
    const fs::path folder = std::move(waiting.back());
    waiting.pop_back();
    Entries entries = read_folder(folder);
    for (const std::string& name : entries.folders) waiting.push_back(folder / name);
    files_by_folder[folder.string()] = std::move(entries.files);
  }
  std::vector<fs::path> images;
  for (const auto& [folder, names] : files_by_folder)
    for (const std::string& name : names)
      if (is_image_name(name, options)) images.push_back(fs::path(folder) / name);
  return images;
}

void check_classes(const fs::path& folder, const std::vector<std::string>& names,
                   const std::vector<std::string>& files, const ListingOptions& options) {
  if (names.empty()) {
    const auto images = std::count_if(files.begin(), files.end(), [&](const std::string& name) {
      return is_image_name(name, options);
    });
    throw Error(fmt::format(
        "{}: expected one folder a class, received none{}: put each class's images into a folder "
        "named after it",
        folder.string(), images == 0 ? "" : fmt::format(" ({} images beside)", images)));
  }
  if (names.size() == 1 && !options.one_class) {
    throw Error(fmt::format("{}: expected at least two class folders, received only \"{}\"",
                            folder.string(), names.front()));
  }
  std::map<std::string, std::string> seen;
  for (const std::string& name : names) {
    const auto [other, is_new] = seen.emplace(lower_case(to_nfc(name)), name);
    if (is_new) continue;
    const bool look_alike = to_nfc(other->second) == to_nfc(name);
    throw Error(fmt::format(
        "{}: the class folders \"{}\" and \"{}\" differ in {} only: merge or rename them",
        folder.string(), other->second, name,
        look_alike ? "the characters that their accents are made of" : "upper and lower case"));
  }
}

}  // namespace

ImageFolder ImageFolder::select(std::span<const int64_t> indices) const {
  ImageFolder selection{class_names, {}, {}};
  for (const int64_t index : indices) {
    selection.files.push_back(files.at(static_cast<size_t>(index)));
    selection.labels.push_back(labels.at(static_cast<size_t>(index)));
  }
  return selection;
}

ImageFolder list_image_folder(const fs::path& folder, const ListingOptions& options) {
  check_folder(folder);
  const Entries entries = read_folder(folder);
  ImageFolder listing;
  for (const auto* names : {&entries.folders, &entries.linked_folders})
    for (const std::string& name : *names)
      if (!name.starts_with('.')) listing.class_names.push_back(name);
  std::sort(listing.class_names.begin(), listing.class_names.end());
  check_classes(folder, listing.class_names, entries.files, options);

  std::vector<std::string> empty;
  for (const std::string& name : listing.class_names) {
    const auto images = images_below(folder / name, options);
    if (images.empty()) empty.push_back(name);
    const int64_t label = &name - listing.class_names.data();
    listing.files.insert(listing.files.end(), images.begin(), images.end());
    listing.labels.insert(listing.labels.end(), images.size(), label);
  }
  if (listing.files.empty()) {
    throw Error(fmt::format(
        "{}: expected images (bmp, gif, jpeg, jpg, png, webp) in its {} class folders, found none",
        folder.string(), listing.class_names.size()));
  }
  if (!empty.empty()) {
    throw Error(
        fmt::format("{}: the class folder \"{}\" holds no image: add some or remove the folder",
                    folder.string(), empty.front()));
  }
  return listing;
}

std::vector<fs::path> list_images(std::span<const fs::path> paths, const ListingOptions& options) {
  std::vector<fs::path> images;
  for (const fs::path& path : paths) {
    std::error_code failure;
    const auto found =
        fs::is_directory(path, failure) ? images_below(path, options) : std::vector<fs::path>{};
    if (found.empty()) images.push_back(path);  // whoever loads it says what is wrong with it
    images.insert(images.end(), found.begin(), found.end());
  }
  return images;
}

}  // namespace thaw
