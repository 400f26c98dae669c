#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "thaw/data/image_folder.h"

namespace thaw {

/// With the letters A to Z in lower case.
std::string lower_case(std::string text);

/// Whether the name ends as an image's, in upper or lower case.
bool has_image_ending(const std::string& name, const ListingOptions& options);

/// What a file or folder of this name is left out as, whatever is in it: "hidden" or "system";
/// nullptr: it is not.
const char* unwanted_kind(const std::string& name);

/// Finds the images below folders, in groups: one a class. What lies behind links is visited once,
/// by however many links it is reached.
class FolderWalk {
 public:
  explicit FolderWalk(const ListingOptions& options, FolderReader read = &read_folder)
      : options_(options), read_(std::move(read)) {}

  /// Links to this folder lead nowhere new.
  void mark(const std::filesystem::path& folder) { (void)enter(folder); }

  /// Adds to `group` all images below `top`, but those behind links to folders.
  void add(const std::filesystem::path& top, size_t group);
  /// Follows the links that were found, and those found behind them.
  void follow_links();
  /// The group's images, sorted by folder, then by name; folders by their whole path as a text, as
  /// Keras sorts what Python's os.walk gives: "a-b" comes before "a/b".
  std::vector<std::filesystem::path> images(size_t group = 0) const;

  std::vector<SkippedFiles>& skipped() { return skipped_; }

 private:
  /// False: the walk was there before.
  bool enter(const std::filesystem::path& folder);
  /// Nothing where the folder cannot be read and is listed itself.
  std::optional<FolderEntries> entries_of(const std::filesystem::path& folder, size_t group);
  void visit(const std::filesystem::path& top, size_t group, bool only_new);
  void keep(const std::filesystem::path& folder, size_t group, const FolderEntries& entries);
  bool is_wanted(const std::filesystem::path& file);

  ListingOptions options_;
  FolderReader read_;
  std::set<std::pair<uint64_t, uint64_t>> seen_;  ///< device and number on it
  /// Names by group and folder.
  std::map<std::pair<size_t, std::string>, std::vector<std::string>> images_;
  std::vector<std::pair<std::filesystem::path, size_t>> links_;  ///< with their groups
  std::vector<SkippedFiles> skipped_;
};

}  // namespace thaw
