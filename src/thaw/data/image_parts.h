#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "thaw/data/image_folder.h"

namespace thaw {

/// A folder whose folders are no classes but parts of a data set, each of which holds one folder a
/// class.
struct ImageParts {
  std::filesystem::path training;
  std::optional<std::filesystem::path> validation;
  std::vector<std::filesystem::path> others = {};  ///< that are for neither: a test set

  bool operator==(const ImageParts&) const = default;
};

/// Told by its folders' names, in upper or lower case: train or training; val, valid or validation;
/// test or testing, which is for validation where nothing else is. There must be a folder for
/// training and none of another name (hidden ones do not count), and each must hold folders and no
/// image beside them. Else nothing: a folder "train" may be a class of pictures of trains.
std::optional<ImageParts> find_image_parts(const std::filesystem::path& folder);
/// The same of folders that are not on disk.
std::optional<ImageParts> find_image_parts(const std::filesystem::path& folder,
                                           const FolderReader& read);

/// The part of a data set that a word stands for, in upper or lower case.
enum class ImagePart { training, validation, test };
std::optional<ImagePart> image_part_of(std::string_view word);
/// What is for training, validation and testing as parts: of test, where there is no validation, it
/// becomes that. Nothing unless there is one for training and at most one of each other.
std::optional<ImageParts> image_parts_of(
    std::span<const std::pair<ImagePart, std::filesystem::path>> found);

}  // namespace thaw
