#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "thaw/data/source.h"

namespace thaw {

/// The folders that an archive's members make by their names, listed as folders on disk are.
/// Nothing is unpacked, so nothing can be written anywhere.
class ArchiveTree {
 public:
  explicit ArchiveTree(std::filesystem::path archive) : archive_(std::move(archive)) {}

  /// Adds a file. Its path; nothing for a name that was there before, which counts as left out.
  /// Throws Error for a name that leads out of the archive ("../x", "/x"), is deeper than 64
  /// folders or longer than 4096 bytes, and for more than 4 million names or 512 MiB of them.
  std::optional<std::filesystem::path> add(const std::string& name);
  /// Counts what is left out.
  void skip(const std::string& kind, const std::string& reason, const std::string& name);

  /// As list_image_folder() or list_images(), of the folder `path.inside` of the archive; where
  /// none is given, of the archive, or of the one folder in it that holds all.
  ImageFolder list(const SourcePath& path, const ListingOptions& options) const;
  /// As find_image_parts() of that folder.
  std::optional<ImageParts> parts(const SourcePath& path) const;

 private:
  struct Folder {
    std::set<std::string> folders;
    std::vector<std::string> files;
  };

  FolderEntries entries(const std::filesystem::path& folder) const;
  std::filesystem::path root(const SourcePath& path) const;

  std::filesystem::path archive_;
  std::map<std::string, Folder> folders_;  ///< by their whole paths
  std::set<std::string> files_;            ///< by theirs
  size_t bytes_ = 0;                       ///< of names
  std::vector<SkippedFiles> skipped_;
};

}  // namespace thaw
