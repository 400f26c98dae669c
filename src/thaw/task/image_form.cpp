#include "thaw/task/image_form.h"

#include <fmt/format.h>

#include <array>

#include "thaw/applications/application.h"
#include "thaw/core/error.h"
#include "thaw/task/option.h"

namespace thaw {
namespace {

constexpr std::array<std::string_view, 3> aspect_ratios{"stretch", "crop", "pad"};

AspectRatio aspect_ratio(std::string_view name) {
  for (size_t i = 0; i < aspect_ratios.size(); ++i)
    if (aspect_ratios[i] == name) return static_cast<AspectRatio>(i);
  throw Error(fmt::format("aspect ratio: expected stretch, crop or pad, received \"{}\"", name));
}

/// The text of a member of the model's "pictures" metadata; empty when there is none.
std::string noted(const Functional& model, std::string_view key) {
  const Config* form = model.metadata().find("pictures");
  const Config* value = form == nullptr ? nullptr : form->find(key);
  return value == nullptr ? "" : value->as_string();
}

std::string first_of(const std::optional<std::string>& asked, const std::string& note,
                     const std::string& usual) {
  if (asked) return *asked;
  return note.empty() ? usual : note;
}

Preprocessing preprocessing_of(const Functional& model, const ImageForm& asked) {
  if (asked.preprocessing) return preprocessing(*asked.preprocessing);
  const Config* form = model.metadata().find("pictures");
  const Config* note = form == nullptr ? nullptr : form->find("preprocessing");
  if (note != nullptr) return Preprocessing::from_config(*note);
  if (const auto mode = applications::preprocessing_of(model)) return preprocessing(*mode);
  throw UsageError(fmt::format(
      "model \"{}\" does not tell how its images are preprocessed and is no network that thaw "
      "knows: give --preprocessing (tf: x/127.5-1; caffe: BGR minus ImageNet's mean; torch: "
      "ImageNet's mean and deviation; none: 0 to 255)",
      model.name()));
}

}  // namespace

void ImageForm::describe(OptionList& options) {
  // A member added to the struct stops this from compiling until it is described below, or counted
  // here as one that is no option.
  [[maybe_unused]] const auto& [a, b, c, d] = *this;
  const std::string same_form = "the form of images that comes of it";
  options.add("image-size", image_size,
              {.help = "pixels a side",
               .value = "N",
               .range = Range{1, 16384},
               .usual = "the model's own, 224",
               .compared_as = same_form});
  options.add("preprocessing", preprocessing,
              {.help = "what happens to pixels of 0 to 255, by the names of Keras's modes: tf "
                       "(x/127.5-1), caffe (BGR minus ImageNet's mean), torch (ImageNet's mean "
                       "and deviation), none",
               .choices = {"auto", "tf", "caffe", "torch", "none"},
               .unset = "auto",
               .usual = "the model's",
               .compared_as = same_form});
  options.add(
      "aspect-ratio", aspect_ratio,
      {.help = "of images that are not square: stretch them, crop their middle, or pad them",
       .choices = {"auto", "stretch", "crop", "pad"},
       .unset = "auto",
       .usual = "the model's, else stretch",
       .compared_as = same_form});
  options.add(
      "orientation", orientation,
      {.help = "exif: turn photos upright as the camera noted; ignore: as stored, like Keras",
       .choices = {"auto", "exif", "ignore"},
       .unset = "auto",
       .usual = "the model's, else exif",
       .compared_as = same_form});
}

ImageOptions image_form(const Functional& model, const ImageForm& asked) {
  ImageOptions form;
  const Shape& shape = model.inputs()[0].shape();
  if (shape.rank() != 3 || shape[2] != 3) {
    throw Error(
        fmt::format("model \"{}\": expected an input of RGB images (height, width, 3), received {}",
                    model.name(), shape.to_string()));
  }
  form.size.height = asked.image_size.value_or(static_cast<int>(shape[0]));
  form.size.width = asked.image_size.value_or(static_cast<int>(shape[1]));
  form.size.aspect_ratio =
      aspect_ratio(first_of(asked.aspect_ratio, noted(model, "aspect_ratio"), "stretch"));
  form.decode.apply_orientation =
      first_of(asked.orientation, noted(model, "orientation"), "exif") == "exif";
  form.preprocessing = preprocessing_of(model, asked);
  return form;
}

Functional with_form(const Functional& model, const ImageOptions& form) {
  const Shape shape{int64_t{form.size.height}, int64_t{form.size.width}, int64_t{3}};
  return model.inputs()[0].shape() == shape ? model : model.with_input_shape(shape);
}

void keep_form(const Functional& model, const ImageOptions& form,
               const std::vector<std::string>& class_names, const std::string& loss) {
  Config pictures;
  pictures.set("height", form.size.height)
      .set("width", form.size.width)
      .set("preprocessing", form.preprocessing.to_config())
      .set("aspect_ratio",
           std::string(aspect_ratios.at(static_cast<size_t>(form.size.aspect_ratio))))
      .set("orientation", form.decode.apply_orientation ? "exif" : "ignore");
  Config names{Config::List{}};
  for (const std::string& name : class_names) names.append(name);
  model.metadata()
      .set("pictures", std::move(pictures))
      .set("classes", std::move(names))
      .set("loss", loss);
}

std::string loss_of(const Functional& model) {
  if (const Config* loss = model.metadata().find("loss")) return loss->as_string();
  return model.outputs()[0].shape().elements() == 1 ? "binary_crossentropy"
                                                    : "categorical_crossentropy";
}

}  // namespace thaw
