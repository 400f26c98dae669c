#pragma once

#include <filesystem>
#include <optional>
#include <vector>

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

}  // namespace thaw
