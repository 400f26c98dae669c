#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "thaw/core/error.h"
#include "thaw/data/image_dataset.h"
#include "thaw/formats/model_file.h"
#include "thaw/graph/functional.h"

namespace thaw {

class OptionList;

/// The size of images as a network takes them, in pixels: height first, as in Keras.
struct ImageSize {
  int height = 0;
  int width = 0;

  ImageSize() = default;
  ImageSize(int side) : height(side), width(side) {}
  ImageSize(int rows, int columns) : height(rows), width(columns) {}
  /// "224", or "224x160". Throws UsageError for anything else and for sides past 16384.
  static ImageSize from_text(const std::string& text);
  /// "224", or "224x160".
  std::string to_text() const;
  bool operator==(const ImageSize&) const = default;
};

/// What is asked of how images become a network's input. What is unset is taken from the model.
struct ImageForm {
  std::optional<ImageSize> image_size = {};
  std::optional<Preprocessing> preprocessing = {};
  std::optional<std::string> aspect_ratio = {};     ///< stretch, crop, pad
  std::optional<std::string> interpolation = {};    ///< a name of ResizeInterpolation
  std::optional<double> crop_fraction = {};         ///< ResizeOptions::crop_fraction
  std::optional<std::string> orientation = {};      ///< exif, ignore
  int64_t max_pixels = DecodeOptions{}.max_pixels;  ///< an image that declares more is refused

  void describe(OptionList& options);
  /// What a file whose network takes images of any size is read with.
  LoadOptions load_options() const;

 private:
  void describe_resizing(OptionList& options);
};

/// Nothing tells how a model's images are preprocessed. The message says so and how to tell.
class UnknownPreprocessing : public UsageError {
 public:
  UnknownPreprocessing(const std::string& message, std::vector<std::string> likeliest_first,
                       std::filesystem::path model_file)
      : UsageError(message), likely(std::move(likeliest_first)), file(std::move(model_file)) {}
  std::vector<std::string> likely;  ///< names for --preprocessing, the likeliest first
  std::filesystem::path file;       ///< the model's; empty where it has none
};

/// The form in which `model` takes images, and why its pixels are prepared so.
struct FoundForm {
  ImageOptions options;
  std::string why;  ///< of the preprocessing, for people
  /// What a person should be told beside the result; empty: nothing.
  std::string remark;
  bool is_doubtful = false;  ///< the remark is that something speaks against it
};

/// How `model` takes images: as `asked`, else as the model's own metadata says, else as its layers
/// and what they learned tell (find_image_feed()). `height` and `width` are the model's own input
/// unless a size is asked for. Throws Error when it takes no images, UnknownPreprocessing when
/// nothing tells the preprocessing; `file` is the model's, for that.
FoundForm find_form(const Functional& model, const ImageForm& asked = {},
                    const std::filesystem::path& file = {});
/// Its options alone.
ImageOptions image_form(const Functional& model, const ImageForm& asked = {});

/// `model`, taking images of this form: another one with the same weights where the size differs.
Functional with_form(const Functional& model, const ImageOptions& form);

/// Puts the form, the class names and the loss into the model's metadata, where image_form(),
/// class_names() and loss_of() of a later run find them.
void keep_form(const Functional& model, const ImageOptions& form,
               const std::vector<std::string>& class_names, const std::string& loss);

/// Notes in the model's metadata what is asked for, and only that: where a file does not say how
/// its images are prepared, the answer stays with it.
void note_form(const Functional& model, const ImageForm& asked);

/// Keeps the answer to how the images of a model's file are prepared beside it, where every later
/// run finds it, and returns the name of the file that holds it. Throws Error when it cannot be
/// written.
std::filesystem::path keep_preprocessing(const std::filesystem::path& model_file,
                                         const Preprocessing& preprocessing);

/// The loss that the model was trained with; unless it tells, by its number of outputs.
std::string loss_of(const Functional& model);

}  // namespace thaw
