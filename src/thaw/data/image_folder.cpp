#include "thaw/data/image_folder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "thaw/core/error.h"
#include "thaw/core/unicode.h"
#include "thaw/data/codec.h"
#include "thaw/data/folder_walk.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

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

void check_classes(const fs::path& folder, const std::vector<std::string>& names,
                   const std::vector<std::string>& files, const ListingOptions& options) {
  if (names.empty()) {
    const auto images = std::count_if(files.begin(), files.end(), [&](const std::string& name) {
      return has_image_ending(name, options);
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
  ImageFolder selection{class_names, {}, {}, skipped, contents, remarks};
  for (const int64_t index : indices) {
    selection.files.push_back(files.at(static_cast<size_t>(index)));
    selection.labels.push_back(labels.at(static_cast<size_t>(index)));
    if (!weights.empty()) selection.weights.push_back(weights.at(static_cast<size_t>(index)));
  }
  return selection;
}

namespace {

/// The endings of images, without their dots: "avif, bmp, …".
std::string endings(const ListingOptions& options) {
  std::vector<std::string_view> all;
  for (const ImageCodec* codec : codecs::all()) {
    const auto own = options.only_keras_formats ? codec->keras_extensions : codec->extensions;
    for (const std::string_view extension : own) all.push_back(extension.substr(1));
  }
  std::ranges::sort(all);
  return fmt::format("{}", fmt::join(all, ", "));
}

std::vector<std::string> class_folders(const fs::path& folder, const FolderEntries& entries,
                                       const ListingOptions& options,
                                       std::vector<SkippedFiles>& skipped) {
  std::vector<std::string> names;
  for (const auto* list : {&entries.folders, &entries.linked_folders}) {
    for (const std::string& name : *list) {
      const char* unwanted = unwanted_kind(name);
      if (name.starts_with('.') || (unwanted != nullptr && !options.only_keras_formats)) {
        skip(skipped, unwanted, "no photo of anyone's", folder / name);
      } else {
        names.push_back(name);
      }
    }
  }
  std::ranges::sort(names);
  for (const std::string& name : entries.files) {
    const char* unwanted = unwanted_kind(name);
    skip(skipped, unwanted != nullptr ? unwanted : ending_of(name),
         unwanted != nullptr ? "no photo of anyone's" : "beside the class folders", folder / name);
  }
  return names;
}

/// "; left out were 3 .heic (…)", where something was.
std::string what_was_skipped(const std::vector<SkippedFiles>& skipped) {
  const std::string words = in_words(skipped);
  return words.empty() ? "" : "; left out: " + words;
}

}  // namespace

ImageFolder list_image_folder(const fs::path& folder, const ListingOptions& options) {
  check_folder(folder);
  return list_image_folder(folder, options, &read_folder);
}

ImageFolder list_image_folder(const fs::path& folder, const ListingOptions& options,
                              const FolderReader& read) {
  const FolderEntries entries = read(folder);
  FolderWalk walk(options, read);
  ImageFolder listing;
  listing.class_names = class_folders(folder, entries, options, walk.skipped());
  check_classes(folder, listing.class_names, entries.files, options);

  walk.mark(folder);
  for (size_t i = 0; i < listing.class_names.size(); ++i)
    walk.add(folder / listing.class_names[i], i);
  walk.follow_links();
  std::vector<std::string> empty;
  for (size_t i = 0; i < listing.class_names.size(); ++i) {
    const auto images = walk.images(i);
    if (images.empty()) empty.push_back(listing.class_names[i]);
    listing.files.insert(listing.files.end(), images.begin(), images.end());
    listing.labels.insert(listing.labels.end(), images.size(), static_cast<int64_t>(i));
  }
  listing.skipped = std::move(walk.skipped());
  if (listing.files.empty()) {
    throw Error(fmt::format("{}: expected images ({}) in its {} class folders, found none{}",
                            folder.string(), endings(options), listing.class_names.size(),
                            what_was_skipped(listing.skipped)));
  }
  if (!empty.empty()) {
    throw Error(
        fmt::format("{}: the class folder \"{}\" holds no image: add some or remove the folder{}",
                    folder.string(), empty.front(), what_was_skipped(listing.skipped)));
  }
  return listing;
}

ImageList list_images(std::span<const fs::path> paths, ListingOptions options) {
  options.lists_unreadable_folders = true;
  ImageList list;
  for (const fs::path& path : paths) {
    std::error_code failure;
    std::vector<fs::path> found;
    if (fs::is_directory(path, failure)) {
      FolderWalk walk(options);
      walk.add(path, 0);
      walk.follow_links();
      found = walk.images();
      add(list.skipped, walk.skipped());
    }
    if (found.empty()) list.files.push_back(path);  // whoever loads it says what is wrong with it
    list.files.insert(list.files.end(), found.begin(), found.end());
  }
  return list;
}

}  // namespace thaw
