#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace thaw {

/// The image files of a folder that holds one folder for each class.
struct ImageFolder {
  std::vector<std::string> class_names;      ///< sorted; a label is an index into it
  std::vector<std::filesystem::path> files;  ///< class by class
  std::vector<int64_t> labels;               ///< one a file

  /// The same classes with only the files of these indices, in this order. Throws std::out_of_range
  /// for an index that there is not.
  ImageFolder select(std::span<const int64_t> indices) const;
};

struct ListingOptions {
  /// Only what Keras 3.15 lists (no .webp), so that its split for a seed names the same files.
  bool only_keras_formats = false;
  /// Whether a folder that holds one class is no error: such images can be judged, not learned
  /// from.
  bool one_class = false;
};

/// Lists what Keras's image_dataset_from_directory does, in its order before it shuffles. Classes
/// are the folders in `folder`, sorted by name, but for those that begin with a dot. A class's
/// images are the files in its folder and in all folders below it (links to folders are not
/// followed): sorted by folder, then by name. An image is told by its ending, in upper or lower
/// case. Throws Error when the folder is absent or unreadable, holds no class or one only, a class
/// without images, or two classes whose names differ in case, or in Unicode's form, only (on a file
/// system that ignores it they would be one).
ImageFolder list_image_folder(const std::filesystem::path& folder,
                              const ListingOptions& options = {});

/// Lists files without labels: of `paths`, each file as it is, whatever its ending, and in place of
/// each folder all images below it. A path that does not exist, or a folder without images, is
/// listed itself, so that load_image() says what is wrong with it.
std::vector<std::filesystem::path> list_images(std::span<const std::filesystem::path> paths,
                                               const ListingOptions& options = {});

}  // namespace thaw
