#pragma once

#include <optional>
#include <string>

#include "thaw/data/image_dataset.h"

namespace CLI {
class App;
}

namespace thaw::app {

struct FitDataFlags {
  std::string images;
  std::string validation;
  double validation_split = 0.2;
  std::string split = "stratified";
};

void add_data_flags(CLI::App& app, FitDataFlags& flags);

struct FitData {
  ImageFolder train;
  std::optional<ImageFolder> validation;  ///< none with a split of 0
};

/// Lists the folders and splits them. Throws Error when the validation folder has a class that the
/// images have not.
FitData fit_data(const FitDataFlags& flags, uint64_t seed);

/// A hash of which files there are and how long each is.
std::string identity(const ImageFolder& folder);

/// `folder` with labels that count in `class_names`. Throws Error naming a class that is not among
/// them.
ImageFolder with_classes(const ImageFolder& folder, const std::vector<std::string>& class_names);

}  // namespace thaw::app
