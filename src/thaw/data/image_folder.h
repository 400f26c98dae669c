#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace thaw {

/// The images of a folder that holds one folder a class.
struct ImageFolder {
  std::vector<std::string> class_names;      ///< sorted; a label is an index into it
  std::vector<std::filesystem::path> files;  ///< class by class
  std::vector<int64_t> labels;               ///< one a file

  /// The same classes with only these files, in this order.
  ImageFolder select(std::span<const int64_t> indices) const;
};

struct ListingOptions {
  /// Only what Keras 3.15 lists (no .webp), so that its split for a seed names the same files.
  bool only_keras_formats = false;
};

/// Lists as Keras's image_dataset_from_directory does before it shuffles: class folders by name
/// without those that begin with a dot; in each, all folders by path and all files by name, linked
/// folders left out; files by ending, in either case. Throws Error when the folder is absent or
/// unreadable, holds no class or one only, a class without images, or two classes whose names
/// differ in case only (they become one where file names ignore case).
ImageFolder list_image_folder(const std::filesystem::path& folder,
                              const ListingOptions& options = {});

/// The same without labels: a file stands for itself whatever its ending, a folder for all images
/// below it, or, if there are none, for itself too. What is no image is for whoever loads it to
/// tell.
std::vector<std::filesystem::path> list_images(std::span<const std::filesystem::path> paths,
                                               const ListingOptions& options = {});

}  // namespace thaw
