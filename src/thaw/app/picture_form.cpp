#include "thaw/app/picture_form.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>

#include "thaw/applications/application.h"
#include "thaw/applications/imagenet_labels.h"
#include "thaw/core/error.h"

namespace thaw::app {
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

std::string first_of(const std::string& flag, const std::string& note, const std::string& usual) {
  if (flag != "auto") return flag;
  return note.empty() ? usual : note;
}

std::string preprocessing_of(const Functional& model, const PictureFlags& flags) {
  if (flags.preprocessing != "auto") return flags.preprocessing;
  if (std::string note = noted(model, "preprocessing"); !note.empty()) return note;
  if (const auto mode = applications::preprocessing_of(model)) return std::string(*mode);
  throw UsageError(fmt::format(
      "model \"{}\" does not tell how its pictures are preprocessed and is no network that thaw "
      "knows: give --preprocessing (tf: x/127.5-1; caffe: BGR minus ImageNet's mean; torch: "
      "ImageNet's mean and deviation; none: 0 to 255)",
      model.name()));
}

}  // namespace

void add_picture_flags(CLI::App& app, PictureFlags& flags) {
  app.add_option("--image-size", flags.image_size, "pixels a side (default: the model's own, 224)")
      ->check(CLI::Range(1, 16384));
  app.add_option("--preprocessing", flags.preprocessing,
                 "Keras's mode: tf, caffe, torch, none (default: the model's)")
      ->check(CLI::IsMember({"auto", "tf", "caffe", "torch", "none"}));
  app.add_option("--aspect-ratio", flags.aspect_ratio,
                 "of pictures that are not square: stretch, crop, pad (default: stretch)")
      ->check(CLI::IsMember({"auto", "stretch", "crop", "pad"}));
  app.add_option("--orientation", flags.orientation,
                 "exif: turn photos upright; ignore: as stored, like Keras (default: exif)")
      ->check(CLI::IsMember({"auto", "exif", "ignore"}));
}

ImageOptions picture_form(const Functional& model, const PictureFlags& flags) {
  ImageOptions form;
  const Shape& shape = model.inputs()[0].shape();
  if (shape.rank() != 3 || shape[2] != 3) {
    throw Error(fmt::format(
        "model \"{}\": expected an input of RGB pictures (height, width, 3), received {}",
        model.name(), shape.to_string()));
  }
  form.size.height = flags.image_size.value_or(static_cast<int>(shape[0]));
  form.size.width = flags.image_size.value_or(static_cast<int>(shape[1]));
  form.size.aspect_ratio =
      aspect_ratio(first_of(flags.aspect_ratio, noted(model, "aspect_ratio"), "stretch"));
  form.decode.apply_orientation =
      first_of(flags.orientation, noted(model, "orientation"), "exif") == "exif";
  form.preprocessing = preprocessing(preprocessing_of(model, flags));
  return form;
}

void keep_form(const Functional& model, const ImageOptions& form,
               const std::vector<std::string>& class_names, const std::string& loss) {
  Config pictures;
  pictures.set("height", form.size.height)
      .set("width", form.size.width)
      .set("preprocessing", std::string(form.preprocessing.name()))
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

std::vector<std::string> class_names(const Functional& model) {
  const Shape& shape = model.outputs()[0].shape();
  const int64_t columns = shape.elements();
  const int64_t count = columns == 1 ? 2 : columns;
  std::vector<std::string> names;
  if (const Config* noted_names = model.metadata().find("classes")) {
    for (const Config& name : noted_names->as_list()) names.push_back(name.as_string());
    if (static_cast<int64_t>(names.size()) != count) {
      throw Error(fmt::format("model \"{}\": expected {} class names, one an output, received {}",
                              model.name(), count, names.size()));
    }
    return names;
  }
  const auto labels = applications::imagenet_labels();
  if (columns == static_cast<int64_t>(labels.size())) return {labels.begin(), labels.end()};
  for (int64_t i = 0; i < count; ++i) names.push_back(fmt::format("class {}", i));
  return names;
}

}  // namespace thaw::app
