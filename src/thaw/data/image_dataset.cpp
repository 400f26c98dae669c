#include "thaw/data/image_dataset.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "thaw/core/content_hash.h"
#include "thaw/core/error.h"
#include "thaw/core/files.h"

namespace thaw {
namespace {

void check_size(const ResizeOptions& size) {
  constexpr int longest_side = 16384;
  const auto fits = [](int side) { return side > 0 && side <= longest_side; };
  if (fits(size.height) && fits(size.width)) return;
  throw UsageError(fmt::format("image size: expected 1 … {} pixels a side, received {}×{}",
                               longest_side, size.height, size.width));
}

}  // namespace

void load_image(const std::filesystem::path& file, const ImageOptions& options,
                std::span<float> out) {
  resize(read_image(file, options.decode), options.size, out);
  options.preprocessing.apply(out);
}

ImageDataset::ImageDataset(ImageFolder folder, ImageOptions options)
    : folder_(std::move(folder)),
      options_(options),
      input_shape_{int64_t{options.size.height}, int64_t{options.size.width}, int64_t{3}} {
  check_size(options.size);
}

ImageDataset::ImageDataset(std::vector<std::filesystem::path> files, ImageOptions options)
    : ImageDataset(ImageFolder{{}, std::move(files), {}}, options) {}

int64_t ImageDataset::label(int64_t index) const {
  return folder_.labels.empty() ? -1 : folder_.labels[static_cast<size_t>(index)];
}

void ImageDataset::load(int64_t index, std::span<float> values) const {
  load_image(file(index), options_, values);
}

void ImageDataset::load_pixels(int64_t index, std::span<float> values) const {
  resize(read_image(file(index), options_.decode), options_.size, values);
}

std::string ImageDataset::content_key(int64_t index) const {
  const std::string content = read_file(file(index));
  const Preprocessing& pixels = options_.preprocessing;
  return fmt::format("{} {}x{} aspect {} orientation {} shortest {} scale {:a} offset {:a} {}",
                     content_hash(std::as_bytes(std::span(content))), options_.size.height,
                     options_.size.width, static_cast<int>(options_.size.aspect_ratio),
                     options_.decode.apply_orientation, options_.decode.shortest_side,
                     fmt::join(pixels.scale, ","), fmt::join(pixels.offset, ","),
                     pixels.channels == ChannelOrder::bgr ? "BGR" : "RGB");
}

}  // namespace thaw
