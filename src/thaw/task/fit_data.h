#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "thaw/data/image_dataset.h"
#include "thaw/task/broken_images.h"

namespace thaw {

class OptionList;

/// How images that are for training and validation are told apart.
enum class SplitKind {
  stratified,  ///< the same part of each class (stratified_split())
  keras        ///< as image_dataset_from_directory(seed) of Keras does (keras_split())
};

/// Which images a fit learns from.
struct ImageSource {
  std::filesystem::path images;           ///< any kind of source (list_source())
  std::filesystem::path validation = {};  ///< one of its own; empty: a part of `images`
  double validation_split = 0.2;          ///< that part; 0: none
  SplitKind split = SplitKind::stratified;
  double allowed_broken =
      default_allowed_broken;  ///< the part of the images that may turn out to be unreadable
  std::optional<int> images_per_class = {};  ///< at most so many, chosen by the seed; unset: all

  void describe(OptionList& options);
};

struct FitData {
  ImageFolder train;
  std::optional<ImageFolder> validation;  ///< none with a split of 0
  /// What was left out of both, and the images that are none by their first bytes: these are still
  /// listed, and are dropped once they are read.
  std::vector<SkippedFiles> skipped = {};
  std::set<std::string> broken = {};      ///< which these are
  std::vector<std::string> remarks = {};  ///< what a person should know
};

/// Lists the images and splits them. Where their source says which are for training and validation
/// (source_parts(); a folder listed as Keras lists it does not), these are taken.
/// Throws Error when the validation folder has a class that the images have not, or more than
/// allowed_broken of the images are none.
FitData fit_data(const ImageSource& source, uint64_t seed);

/// Of each image "CLASS/NAME BYTES".
std::vector<std::string> file_list(const ImageFolder& folder);

/// Of each image "CLASS/NAME HASH", 8 digits of a hash of its bytes; without a hash where it cannot
/// be read. `images` are those of the folder, with their contents remembered.
std::vector<std::string> content_list(const ImageFolder& folder, const ImageDataset& images);

/// A hash of which files there are and how long each is.
std::string identity(const ImageFolder& folder);

}  // namespace thaw
