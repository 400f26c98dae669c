#pragma once

#include <optional>
#include <string>
#include <vector>

#include "thaw/data/image_dataset.h"
#include "thaw/graph/functional.h"

namespace CLI {
class App;
}

namespace thaw::app {

/// What the user said of how pictures become a network's input; what is not said is taken from the
/// model.
struct PictureFlags {
  std::optional<int> image_size;
  std::string preprocessing = "auto";
  std::string aspect_ratio = "auto";
  std::string orientation = "auto";
};

void add_picture_flags(CLI::App& app, PictureFlags& flags);

/// The form in which `model` takes pictures: as the flags say, else as the model's own metadata
/// does, else as the keras.applications network that it is made from does. `height` and `width` are
/// the model's own input unless the flags say otherwise. Throws UsageError when nothing tells the
/// preprocessing.
ImageOptions picture_form(const Functional& model, const PictureFlags& flags);

/// Puts the form, the class names and the loss into the model's metadata, where picture_form(),
/// class_names() and loss_of() of a later run find them.
void keep_form(const Functional& model, const ImageOptions& form,
               const std::vector<std::string>& class_names, const std::string& loss);

/// The loss that the model was trained with; unless it tells, by its number of outputs.
std::string loss_of(const Functional& model);

/// The names of the model's outputs: its own, else ImageNet's for a network of 1000 outputs, else
/// their numbers. With one output: two names.
std::vector<std::string> class_names(const Functional& model);

}  // namespace thaw::app
