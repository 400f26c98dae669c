#pragma once

#include <optional>
#include <string>
#include <vector>

#include "thaw/data/image_dataset.h"
#include "thaw/graph/functional.h"

namespace thaw {

class OptionList;

/// What is asked of how images become a network's input. What is unset is taken from the model.
struct ImageForm {
  std::optional<int> image_size = {};             ///< pixels a side
  std::optional<std::string> preprocessing = {};  ///< Keras's mode: tf, caffe, torch, none
  std::optional<std::string> aspect_ratio = {};   ///< stretch, crop, pad
  std::optional<std::string> orientation = {};    ///< exif, ignore

  void describe(OptionList& options);
};

/// The form in which `model` takes images: as `asked`, else as the model's own metadata says, else
/// as the keras.applications network that it is made from does. `height` and `width` are the
/// model's own input unless a size is asked for. Throws UsageError when nothing tells the
/// preprocessing.
ImageOptions image_form(const Functional& model, const ImageForm& asked = {});

/// `model`, taking images of this form: another one with the same weights where the size differs.
Functional with_form(const Functional& model, const ImageOptions& form);

/// Puts the form, the class names and the loss into the model's metadata, where image_form(),
/// class_names() and loss_of() of a later run find them.
void keep_form(const Functional& model, const ImageOptions& form,
               const std::vector<std::string>& class_names, const std::string& loss);

/// The loss that the model was trained with; unless it tells, by its number of outputs.
std::string loss_of(const Functional& model);

}  // namespace thaw
