#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "thaw/data/image_contents.h"
#include "thaw/data/skipped_files.h"

namespace thaw {

/// The image files of a folder that holds one folder for each class, or of another source
/// (list_source()).
struct ImageFolder {
  std::vector<std::string> class_names;      ///< sorted; a label is an index into it
  std::vector<std::filesystem::path> files;  ///< class by class
  std::vector<int64_t> labels;               ///< one a file
  std::vector<SkippedFiles> skipped = {};    ///< what the listing left out
  /// The bytes of those of `files` that are no files of their own; nullptr: all are.
  std::shared_ptr<const ImageContents> contents = {};
  std::vector<std::string> remarks = {};  ///< what a person should know of how it was listed
  std::vector<double> weights = {};       ///< Dataset::weight() of each file; empty: 1 each

  /// The same classes and what was left out, with only the files of these indices, in this order.
  /// Throws std::out_of_range for an index that there is not.
  ImageFolder select(std::span<const int64_t> indices) const;
};

struct ListingOptions {
  /// What Keras 3.15 lists, so that its split for a seed names the same files: no .webp, .heic or
  /// .tif, but hidden files within classes; links to folders within classes are not followed.
  bool only_keras_formats = false;
  /// Whether a folder that holds one class is no error: such images can be judged, not learned
  /// from.
  bool one_class = false;
  /// False: all images, for predictions, wherever they are in the source and whatever is said of
  /// their classes. Folders are then listed by list_images().
  bool labelled = true;
  /// Whether a folder below that cannot be read is listed itself, so that load_image() says why, in
  /// place of ending the listing.
  bool lists_unreadable_folders = false;
};

/// What a folder holds, each kind sorted by name.
struct FolderEntries {
  std::vector<std::string> folders;
  std::vector<std::string> linked_folders;
  std::vector<std::string> files;
};

/// Gives what a folder holds. Throws Error when it cannot be read.
using FolderReader = std::function<FolderEntries(const std::filesystem::path& folder)>;

/// What a folder on disk holds. Throws Error when it cannot be read.
FolderEntries read_folder(const std::filesystem::path& folder);

/// Lists images in the order of Keras's image_dataset_from_directory before it shuffles. Classes
/// are the folders in `folder`, sorted by name. A class's images are the files in its folder and in
/// all folders below it: sorted by folder, then by name. An image is told by its ending, in upper
/// or lower case. Hidden files and folders, and those that systems leave (__MACOSX, Thumbs.db,
/// desktop.ini), are left out wherever they are; a link to a folder is followed unless it leads to
/// one that is listed already. What is left out is counted. Throws Error when the folder is absent
/// or unreadable, holds no class or one only, a class without images, or two classes whose names
/// differ in case, or in Unicode's form, only (on a file system that ignores it they would be one).
ImageFolder list_image_folder(const std::filesystem::path& folder,
                              const ListingOptions& options = {});
/// The same of folders that are not on disk.
ImageFolder list_image_folder(const std::filesystem::path& folder, const ListingOptions& options,
                              const FolderReader& read);

/// Image files without labels.
struct ImageList {
  std::vector<std::filesystem::path> files;
  std::vector<SkippedFiles> skipped = {};  ///< what the listing of folders left out
};

/// Of `paths`, each file as it is, whatever its name, and in place of each folder all images below
/// it, found as list_image_folder() finds a class's. A path that does not exist, or a folder
/// without images or that cannot be read, is listed itself, so that load_image() says what is wrong
/// with it.
ImageList list_images(std::span<const std::filesystem::path> paths, ListingOptions options = {});

}  // namespace thaw
