#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "thaw/data/image_dataset.h"

namespace thaw {

class OptionList;

/// How images that are for training and validation are told apart.
enum class SplitKind {
  stratified,  ///< the same part of each class (stratified_split())
  keras        ///< as image_dataset_from_directory(seed) of Keras does (keras_split())
};

/// Which images a fit learns from.
struct ImageSource {
  std::filesystem::path images;           ///< a folder that holds one folder of images a class
  std::filesystem::path validation = {};  ///< such a folder of its own; empty: a part of `images`
  double validation_split = 0.2;          ///< that part; 0: none
  SplitKind split = SplitKind::stratified;

  void describe(OptionList& options);
};

struct FitData {
  ImageFolder train;
  std::optional<ImageFolder> validation;  ///< none with a split of 0
};

/// Lists the folders and splits them. Throws Error when the validation folder has a class that the
/// images have not.
FitData fit_data(const ImageSource& source, uint64_t seed);

/// Of each image "CLASS/NAME BYTES".
std::vector<std::string> file_list(const ImageFolder& folder);

/// A hash of which files there are and how long each is.
std::string identity(const ImageFolder& folder);

}  // namespace thaw
