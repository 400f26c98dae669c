#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "thaw/data/image_folder.h"
#include "thaw/data/image_parts.h"

namespace thaw {

/// Where a source of images is: a folder, a file, or a place inside a file: "photos.zip/train".
struct SourcePath {
  explicit SourcePath(std::filesystem::path path);

  std::filesystem::path whole;
  std::filesystem::path file;  ///< the first file on the way to `whole`; none: `whole` itself
  /// What follows it, "train"; mostly empty. Never with "..", which names nothing inside a file.
  std::string inside;

  /// Whether `file` is a file, with this ending of its name in upper or lower case.
  bool has_ending(std::string_view ending) const;
};

/// Whether a kind of source is what lies at a path.
enum class SourceMatch {
  no,
  yes,
  otherwise  ///< unless another kind says yes
};

/// One kind of source: a row of the table that CMake makes of the files in data/sources/, each of
/// which defines one. What it lists has labels, class names and paths like those of a folder, and
/// where images are no files of their own, ImageFolder::contents gives their bytes: so splits,
/// duplicates, reports and kept features are the same for all.
struct SourceKind {
  std::string_view name;        ///< "folder", for messages
  std::string_view looks_like;  ///< "a folder that holds one folder of images a class"
  SourceMatch (*match)(const SourcePath& path);
  /// Where it says which images are for training, validation and testing: paths that list() takes.
  std::optional<ImageParts> (*parts)(const SourcePath& path, const ListingOptions& options);
  /// Throws Error that begins with the path when it cannot be read or holds no classes.
  ImageFolder (*list)(const SourcePath& path, const ListingOptions& options);
};

namespace sources {
/// Every kind, by name.
std::span<const SourceKind* const> all();
/// The kind of what lies at the path; nullptr: none.
const SourceKind* find(const SourcePath& path);
/// What all of them look like, in lines for help.
std::string listed();
}  // namespace sources

/// Lists what lies at `path`, whatever kind of source it is. Throws Error that begins with the path
/// when it is none, cannot be read, or holds no classes.
ImageFolder list_source(const std::filesystem::path& path, const ListingOptions& options = {});

/// What is meant by `path`: of a folder without_wrappers(), unless it is listed as Keras lists it;
/// any other source itself.
std::filesystem::path source_meant(const std::filesystem::path& path,
                                   const ListingOptions& options = {});

/// The parts of the data set at `path`, where the source says so itself (find_image_parts() for a
/// folder; not of a folder listed as Keras lists it).
std::optional<ImageParts> source_parts(const std::filesystem::path& path,
                                       const ListingOptions& options = {});

/// Lists images without labels for predictions: of `paths`, all images of those that are sources,
/// and the others as files (list_images()).
ImageFolder list_unlabelled(std::span<const std::filesystem::path> paths);

}  // namespace thaw
