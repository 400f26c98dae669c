#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "thaw/data/image_folder.h"

namespace thaw {

/// Files of the same bytes where they should not be.
struct SameImages {
  int64_t files = 0;                    ///< of all places together, without the first
  std::filesystem::path first, second;  ///< an example
};

struct SameImagesFound {
  SameImages in_two_classes;  ///< of training, of validation, or one of each
  SameImages in_validation;   ///< in training too, with the same class
};

/// Looks for images that are there twice, by content. Reads whole only the files whose size and
/// first and last bytes are another's as well; a file that cannot be read is the same as none.
SameImagesFound find_same_images(const ImageFolder& train, const ImageFolder* validation);

}  // namespace thaw
