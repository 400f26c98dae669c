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
  std::vector<std::filesystem::path> others = {};           ///< that are for neither: a test set
  std::vector<std::filesystem::path> without_classes = {};  ///< parts that hold no folder a class

  bool operator==(const ImageParts&) const = default;
};

/// The folder that is meant where archives were unpacked into folders of their own name: from
/// `folder` down as long as there is one folder alone, no image, and in that one folders too:
/// data/flowers/flowers/{daisy,rose} is meant by "data". A folder train or val is gone into only
/// from one of its own name. Hidden files and folders do not count. Throws Error when a folder
/// cannot be read.
std::filesystem::path without_wrappers(const std::filesystem::path& folder);

/// Told by its folders' names, in upper or lower case: train or training; val, valid or validation;
/// test or testing, which is for validation where nothing else is. One part holds classes where it
/// holds folders and no image beside them, without_wrappers() considered. Nothing where not all
/// folders have such names: a folder "train" may be a class of images of trains. Throws Error where
/// they have and do not tell what to train on, or where parts for training and for something else
/// stand among other folders: classes of these names would be learned in silence.
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
