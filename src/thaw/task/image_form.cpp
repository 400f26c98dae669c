#include "thaw/task/image_form.h"

#include <fmt/format.h>

#include <charconv>

#include "thaw/applications/application.h"
#include "thaw/applications/imagenet_labels.h"
#include "thaw/core/error.h"
#include "thaw/core/fields.h"
#include "thaw/formats/notes_beside.h"
#include "thaw/task/image_feed.h"
#include "thaw/task/option.h"

namespace thaw {
namespace {

constexpr int longest_side = 16384;

/// The text of a member of the model's "pictures" metadata; empty when there is none.
std::string noted(const Functional& model, std::string_view key) {
  const Config* form = model.metadata().find("pictures");
  const Config* value = form == nullptr ? nullptr : form->find(key);
  return value == nullptr ? "" : value->as_string();
}

/// A name, or the numbers in the form that from_text() reads.
std::string to_text(const Preprocessing& how) {
  if (const std::string_view name = how.name(); !name.empty()) return std::string(name);
  const auto mean = [&](size_t c) { return -how.offset[c]; };
  return fmt::format("mean={},{},{},std=1,scale={},{},{},order={}", mean(0), mean(1), mean(2),
                     how.scale[0], how.scale[1], how.scale[2],
                     how.channels == ChannelOrder::bgr ? "bgr" : "rgb");
}

/// How an option of the form is compared where a run is resumed.
constexpr const char* same_form = "the form of images that comes of it";

double crop_fraction_from(const std::string& text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || !(value > 0 && value <= 1))
    throw UsageError(fmt::format("expected a part above 0 and at most 1, received \"{}\"", text));
  return value;
}

/// The crop fraction that the model's metadata notes; 1 when there is none.
double noted_crop(const Functional& model) {
  const Config* form = model.metadata().find("pictures");
  const Config* value = form == nullptr ? nullptr : form->find("crop_fraction");
  if (value == nullptr) return 1;
  const double fraction = value->as_number();
  if (!(fraction > 0 && fraction <= 1))
    throw Error(
        fmt::format("crop_fraction: expected a part above 0 and at most 1, received {}", fraction));
  return fraction;
}

std::string first_of(const std::optional<std::string>& asked, const std::string& note,
                     const std::string& usual) {
  if (asked) return *asked;
  return note.empty() ? usual : note;
}

[[noreturn]] void ask_for_preprocessing(const Functional& model,
                                        const std::filesystem::path& file) {
  const auto likely = likely_preprocessings(model);
  std::string ways;
  for (const std::string& name : likely)
    ways += fmt::format("{}{} ({})", ways.empty() ? "" : "; ", name, in_words(preprocessing(name)));
  throw UnknownPreprocessing(
      fmt::format(
          "model \"{}\" does not tell how its images are prepared, nor do its layers, and it "
          "is no network that thaw knows: give --preprocessing, most likely {}. They are: {}; "
          "or numbers as in mean=0.5,std=0.25,scale=1/255. thaw convert keeps the answer in "
          "the file",
          model.name(), likely.empty() ? "unit" : likely[0], ways),
      likely, file);
}

std::optional<Preprocessing> noted_preprocessing(const Functional& model) {
  const Config* form = model.metadata().find("pictures");
  const Config* note = form == nullptr ? nullptr : form->find("preprocessing");
  return note == nullptr ? std::nullopt : std::optional(Preprocessing::from_config(*note));
}

ImageFeed feed_of(const Functional& model, const ImageForm& asked,
                  const std::filesystem::path& file) {
  if (asked.preprocessing) return {*asked.preprocessing, "asked for", false};
  if (const auto note = noted_preprocessing(model)) return {*note, "noted in the file", false};
  if (auto found = find_image_feed(model)) return *found;
  ask_for_preprocessing(model, file);
}

/// What is asked for where the file notes something else; empty where it does not.
std::string contradiction(const Functional& model, const ImageForm& asked) {
  const auto note = noted_preprocessing(model);
  if (!note || !asked.preprocessing || *note == *asked.preprocessing) return "";
  return fmt::format(
      "model \"{}\" is fed {}, as asked for, but its file notes {}: without --preprocessing that "
      "is "
      "fed, and thaw convert --preprocessing notes another",
      model.name(), in_words(*asked.preprocessing), in_words(*note));
}

/// Told by the shape of the model's input.
ImageAxes axes_of(const Functional& model) {
  const Shape& shape = model.inputs()[0].shape();
  if (shape.rank() == 3 && shape[2] == 3) return ImageAxes::rgb;
  if (shape.rank() == 3 && shape[2] == 1) return ImageAxes::grey;
  if (shape.rank() == 2) return ImageAxes::grey_without_channels;
  const bool is_channels_first = shape.rank() == 3 && (shape[0] == 3 || shape[0] == 1);
  throw Error(
      fmt::format("model \"{}\": expected an input of images, (height, width, 3) or of grey ones "
                  "(height, width, 1), received {}{}",
                  model.name(), shape.to_string(),
                  is_channels_first ? ", which has its channels first: put a Permute((3, 1, 2)) "
                                      "before it in Keras and save that model"
                                    : ""));
}

}  // namespace

ImageSize ImageSize::from_text(const std::string& text) {
  const auto side = [&](std::string_view digits) {
    int value = 0;
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (failure != std::errc() || end != digits.data() + digits.size() || value < 1 ||
        value > longest_side) {
      throw UsageError(
          fmt::format("expected a whole number of pixels from 1 to {}, or height and "
                      "width as in 224x160, received \"{}\"",
                      longest_side, text));
    }
    return value;
  };
  const size_t by = text.find('x');
  if (by == std::string::npos) return {side(text)};
  const std::string_view whole = text;
  return {side(whole.substr(0, by)), side(whole.substr(by + 1))};
}

std::string ImageSize::to_text() const {
  return height == width ? std::to_string(height) : fmt::format("{}x{}", height, width);
}

LoadOptions ImageForm::load_options() const {
  if (!image_size) return {};
  return {.input_shape =
              Shape{int64_t{image_size->height}, int64_t{image_size->width}, int64_t{3}}};
}

void ImageForm::describe_resizing(OptionList& options) {
  options.add(
      "aspect-ratio", aspect_ratio,
      {.help = "of images that are not square: stretch them, crop their middle, or pad them",
       .choices = {"auto", "stretch", "crop", "pad"},
       .unset = "auto",
       .usual = "the model's, else stretch",
       .compared_as = same_form});
  options.add(
      "interpolation", interpolation,
      {.help = "how values between pixels are found: bilinear or bicubic as Keras does, or "
               "with antialiasing as timm, torchvision and Pillow do",
       .choices = {"auto", "bilinear", "bicubic", "bilinear_antialias", "bicubic_antialias"},
       .unset = "auto",
       .usual = "the model's, else bilinear",
       .compared_as = same_form});
  options.add(
      "crop-fraction", crop_fraction, &crop_fraction_from,
      +[](const double& fraction) { return fmt::format("{}", fraction); },
      {.help = "of each side the part around the centre that is kept, above 0 and at most 1 "
               "(timm's crop_pct, with --aspect-ratio crop)",
       .value = "PART",
       .unset = "auto",
       .usual = "the model's, else 1",
       .compared_as = same_form});
  options.add(
      "orientation", orientation,
      {.help = "exif: turn photos upright as the camera noted; ignore: as stored, like Keras",
       .choices = {"auto", "exif", "ignore"},
       .unset = "auto",
       .usual = "the model's, else exif",
       .compared_as = same_form});
}

void ImageForm::describe(OptionList& options) {
  // A member added to the struct stops this from compiling until it is described below, or counted
  // here as one that is no option.
  [[maybe_unused]] const auto& [a, b, c, d, e, f, g] = *this;
  options.add("image-size", image_size, &ImageSize::from_text,
              +[](const ImageSize& size) { return size.to_text(); },
              {.help = "pixels a side, or height and width as in 224x160",
               .value = "N|HxW",
               .usual = "the model's own, 224",
               .compared_as = same_form});
  options.add("preprocessing", preprocessing, &Preprocessing::from_text, &to_text,
              {.help = "what happens to pixels of 0 to 255: unit (x/255), tf (x/127.5-1), caffe "
                       "(BGR minus ImageNet's mean), torch (ImageNet's mean and deviation), none, "
                       "or numbers as in mean=0.5,std=0.25,scale=1/255 for (x*scale-mean)/std, one "
                       "or three each, with order=bgr where blue comes first",
               .value = "HOW",
               .unset = "auto",
               .usual = "what the model tells",
               .compared_as = same_form});
  describe_resizing(options);
  options.add("max-pixels", max_pixels,
              {.help = "an image that declares more pixels is refused before it is decoded",
               .value = "N",
               .range = Range{1, 1e11},
               .may_change = "it says which images are too large for this machine"});
}

FoundForm find_form(const Functional& model, const ImageForm& asked,
                    const std::filesystem::path& file) {
  if (const size_t inputs = model.inputs().size(); inputs != 1) {
    throw Error(fmt::format("model \"{}\": expected one input, of images, received {}",
                            model.name(), inputs));
  }
  ImageOptions form;
  form.axes = axes_of(model);
  const Shape& shape = model.inputs()[0].shape();
  const ImageSize size =
      asked.image_size.value_or(ImageSize(static_cast<int>(shape[0]), static_cast<int>(shape[1])));
  form.size.height = size.height;
  form.size.width = size.width;
  form.size.aspect_ratio = with_context("aspect ratio", [&] {
    return fields::enum_of<AspectRatio>(
        first_of(asked.aspect_ratio, noted(model, "aspect_ratio"), "stretch"));
  });
  form.size.interpolation = with_context("interpolation", [&] {
    return fields::enum_of<ResizeInterpolation>(
        first_of(asked.interpolation, noted(model, "interpolation"), "bilinear"));
  });
  form.size.crop_fraction = asked.crop_fraction ? *asked.crop_fraction : noted_crop(model);
  form.decode.apply_orientation =
      first_of(asked.orientation, noted(model, "orientation"), "exif") == "exif";
  form.decode.max_pixels = asked.max_pixels;
  const ImageFeed feed = feed_of(model, asked, file);
  form.preprocessing = feed.preprocessing;
  std::string remark = contradiction(model, asked);
  if (const std::string doubt = doubt_about(model, feed.preprocessing); !doubt.empty())
    remark += (remark.empty() ? "" : "; ") + doubt;
  const bool is_doubtful = !remark.empty();
  if (!is_doubtful && feed.is_concluded) {
    remark = fmt::format(
        "model \"{}\" does not say how its images are prepared; it is fed {}, since {} "
        "(--preprocessing says otherwise)",
        model.name(), in_words(feed.preprocessing), feed.why);
  }
  return {form, feed.why, std::move(remark), is_doubtful};
}

ImageOptions image_form(const Functional& model, const ImageForm& asked) {
  return find_form(model, asked).options;
}

Functional with_form(const Functional& model, const ImageOptions& form) {
  const Shape& own = model.inputs()[0].shape();
  std::vector<int64_t> sizes(own.sizes().begin(), own.sizes().end());
  sizes[0] = form.size.height;
  sizes[1] = form.size.width;
  const Shape shape(std::move(sizes));
  return model.inputs()[0].shape() == shape ? model : model.with_input_shape(shape);
}

void keep_form(const Functional& model, const ImageOptions& form,
               const std::vector<std::string>& class_names, const std::string& loss) {
  Config images;
  images.set("height", form.size.height)
      .set("width", form.size.width)
      .set("preprocessing", form.preprocessing.to_config())
      .set("aspect_ratio", fields::name_of(form.size.aspect_ratio))
      .set("orientation", form.decode.apply_orientation ? "exif" : "ignore");
  // Noted where they are not as they always were.
  if (form.size.interpolation != ResizeInterpolation::bilinear)
    images.set("interpolation", fields::name_of(form.size.interpolation));
  if (form.size.crop_fraction != 1) images.set("crop_fraction", form.size.crop_fraction);
  Config names{Config::List{}};
  for (const std::string& name : class_names) names.append(name);
  model.metadata()
      .set("pictures", std::move(images))
      .set("classes", std::move(names))
      .set("loss", loss);
}

void note_form(const Functional& model, const ImageForm& asked) {
  const Config* before = model.metadata().find("pictures");
  Config images = before == nullptr ? Config(Config::Map{}) : *before;
  if (asked.image_size)
    images.set("height", asked.image_size->height).set("width", asked.image_size->width);
  if (asked.preprocessing) images.set("preprocessing", asked.preprocessing->to_config());
  if (asked.aspect_ratio) images.set("aspect_ratio", *asked.aspect_ratio);
  if (asked.interpolation) images.set("interpolation", *asked.interpolation);
  if (asked.crop_fraction) images.set("crop_fraction", *asked.crop_fraction);
  if (asked.orientation) images.set("orientation", *asked.orientation);
  if (!images.as_map().empty()) model.metadata().set("pictures", std::move(images));
}

std::filesystem::path keep_preprocessing(const std::filesystem::path& model_file,
                                         const Preprocessing& preprocessing) {
  const Config images = Config(Config::Map{}).set("preprocessing", preprocessing.to_config());
  keep_beside(model_file, Config(Config::Map{}).set("pictures", images));
  return notes_beside(model_file);
}

std::string loss_of(const Functional& model) {
  if (const Config* loss = model.metadata().find("loss")) return loss->as_string();
  return model.outputs()[0].shape().elements() == 1 ? "binary_crossentropy"
                                                    : "categorical_crossentropy";
}

}  // namespace thaw
