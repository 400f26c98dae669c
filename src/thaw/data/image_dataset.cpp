#include "thaw/data/image_dataset.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <new>
#include <utility>

#include "thaw/core/content_hash.h"
#include "thaw/core/error.h"
#include "thaw/data/decode_budget.h"

namespace thaw {
namespace {

/// What is not as it is by default, for the key of an image: keys of the default stay as they are.
std::string unusual(const ResizeOptions& size) {
  if (size.interpolation == ResizeInterpolation::bilinear && size.crop_fraction == 1) return "";
  return fmt::format(" interpolation {} crop {:a}", static_cast<int>(size.interpolation),
                     size.crop_fraction);
}

void check_size(const ResizeOptions& size) {
  constexpr int longest_side = 16384;
  const auto fits = [](int side) { return side > 0 && side <= longest_side; };
  if (fits(size.height) && fits(size.width)) return;
  throw UsageError(fmt::format("image size: expected 1 … {} pixels a side, received {}×{}",
                               longest_side, size.height, size.width));
}

Shape shape_of(const ImageOptions& options) {
  Shape sides{int64_t{options.size.height}, int64_t{options.size.width}};
  if (options.axes == ImageAxes::grey_without_channels) return sides;
  const int64_t channels = options.axes == ImageAxes::rgb ? 3 : 1;
  return {sides[0], sides[1], channels};
}

/// What `read` gives. An image that there is no memory for is one that cannot be read; it ends
/// nothing.
template <typename Read>
auto told_by_name(const std::filesystem::path& file, Read&& read) {
  try {
    return std::forward<Read>(read)();
  } catch (const std::bad_alloc&) {
    throw Error(file.string() +
                ": out of memory while it was read: make it smaller, or free memory");
  }
}

/// What load_image() gives before preprocessing.
void values_of(const std::filesystem::path& file, const ImageOptions& options, std::span<float> out,
               const ImageContents* contents) {
  DecodeOptions decode = options.decode;
  decode.grey = options.axes != ImageAxes::rgb;
  DecodeRoom room(DecodeBudget::of_process());
  decode.room = &room;
  told_by_name(file, [&] {
    const Image image = read_image(file, decode, contents);
    if (!decode.grey) {
      resize(image, options.size, out);
      return;
    }
    std::vector<float> three(out.size() * 3);
    resize(image, options.size, three);
    for (size_t i = 0; i < out.size(); ++i) out[i] = three[3 * i];
  });
}

std::string hash_of(const std::filesystem::path& file, const ImageContents* contents) {
  DecodeRoom room(DecodeBudget::of_process());
  const std::string content =
      told_by_name(file, [&] { return read_image_file(file, contents, &room); });
  return content_hash(std::as_bytes(std::span(content)));
}

void preprocess_values(const ImageOptions& options, std::span<float> values) {
  if (options.axes == ImageAxes::rgb) {
    options.preprocessing.apply(values);
  } else {
    options.preprocessing.apply_to_grey(values);
  }
}

}  // namespace

void load_image(const std::filesystem::path& file, const ImageOptions& options,
                std::span<float> out, const ImageContents* contents) {
  values_of(file, options, out, contents);
  preprocess_values(options, out);
}

ImageDataset::ImageDataset(ImageFolder folder, ImageOptions options)
    : folder_(std::move(folder)), options_(options), input_shape_(shape_of(options)) {
  check_size(options.size);
  if (options.axes != ImageAxes::rgb && !options.preprocessing.is_even()) {
    throw UsageError(
        "preprocessing: expected the same numbers for all channels, since the network takes grey "
        "images, received others for each");
  }
}

ImageDataset::ImageDataset(std::vector<std::filesystem::path> files, ImageOptions options)
    : ImageDataset(ImageFolder{{}, std::move(files), {}}, options) {}

int64_t ImageDataset::label(int64_t index) const {
  return folder_.labels.empty() ? -1 : folder_.labels[static_cast<size_t>(index)];
}

double ImageDataset::weight(int64_t index) const {
  return folder_.weights.empty() ? 1 : folder_.weights[static_cast<size_t>(index)];
}

void ImageDataset::load(int64_t index, std::span<float> values) const {
  load_values(index, values);
  preprocess(values);
}

void ImageDataset::load_pixels(int64_t index, std::span<float> values) const {
  load_values(index, values);
}

void ImageDataset::load_values(int64_t index, std::span<float> values) const {
  try {
    values_of(file(index), options_, values, folder_.contents.get());
  } catch (const Error& error) {
    if (limit_ != nullptr) limit_->add(file(index).string(), error.what());
    throw;
  }
}

void ImageDataset::preprocess(std::span<float> values) const {
  preprocess_values(options_, values);
}

void ImageDataset::remember_contents(Threads& threads) {
  std::vector<std::string> contents(folder_.files.size());
  threads.for_each(size(), [&](int64_t index) {
    try {
      contents[static_cast<size_t>(index)] = hash_of(file(index), folder_.contents.get());
    } catch (const Error&) {
      contents[static_cast<size_t>(index)].clear();
    }
  });
  contents_ = std::move(contents);
}

std::string ImageDataset::content_key(int64_t index) const {
  const bool is_remembered = !contents_.empty() && !contents_[static_cast<size_t>(index)].empty();
  const std::string hash =
      is_remembered ? this->content(index) : hash_of(file(index), folder_.contents.get());
  const Preprocessing& pixels = options_.preprocessing;
  const std::string_view axes = options_.axes == ImageAxes::rgb ? "" : " grey";
  return fmt::format(
      "{} {}x{} aspect {} orientation {} shortest {} scale {:a} offset {:a} {}{}{}", hash,
      options_.size.height, options_.size.width, static_cast<int>(options_.size.aspect_ratio),
      options_.decode.apply_orientation, options_.decode.shortest_side,
      fmt::join(pixels.scale, ","), fmt::join(pixels.offset, ","),
      pixels.channels == ChannelOrder::bgr ? "BGR" : "RGB", axes, unusual(options_.size));
}

}  // namespace thaw
