#include "thaw/data/image.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/core/named.h"
#include "thaw/data/codec.h"
#include "thaw/data/decode_budget.h"
#include "thaw/data/exif.h"
#include "thaw/data/image_contents.h"

namespace thaw {
namespace {

constexpr size_t max_file_bytes = size_t{1} << 30;

std::string first_bytes(std::span<const std::byte> bytes) {
  if (bytes.empty()) return "an empty file";
  std::string text = "a file that begins with";
  for (const std::byte value : bytes.first(std::min<size_t>(bytes.size(), 8)))
    text += fmt::format(" {:02x}", std::to_integer<int>(value));
  return text;
}

std::string no_image(std::span<const std::byte> bytes) {
  return fmt::format("expected an image ({}), received {}: convert or remove it",
                     names_of(codecs::all()), first_bytes(bytes));
}

std::string why_no_image_in(const std::filesystem::path& folder) {
  std::error_code failure;
  const std::filesystem::directory_iterator entries(folder, failure);
  if (failure) return "the folder cannot be read: " + failure.message();
  return "the folder holds no images";
}

/// Leaves pixels of three equal values as they are. The weights are 0.299, 0.587 and what is left
/// of 1, in 1/32768 and cut off as libpng does.
void make_grey(Image& image) {
  for (size_t i = 0; i + 3 <= image.pixels.size(); i += 3) {
    uint8_t* pixel = image.pixels.data() + i;
    const unsigned grey = (9797U * pixel[0] + 19234U * pixel[1] + 3737U * pixel[2]) >> 15;
    std::fill_n(pixel, 3, static_cast<uint8_t>(grey));
  }
}

}  // namespace

const ImageCodec* codecs::find(std::span<const std::byte> bytes) {
  for (const ImageCodec* codec : all())
    if (codec->matches(bytes)) return codec;
  return nullptr;
}

std::string codecs::libraries() {
  std::string names;
  for (const ImageCodec* codec : all()) names += (names.empty() ? "" : ", ") + codec->library();
  return names;
}

void Image::check_size(int64_t width, int64_t height, int64_t max_pixels) {
  constexpr int64_t longest_side = int64_t{1} << 24;
  if (width <= 0 || height <= 0)
    throw Error(fmt::format("expected an image, received one of {}×{} pixels", width, height));
  if (width > longest_side || height > longest_side || width * height > max_pixels) {
    throw Error(fmt::format(
        "expected at most {} pixels, received an image that declares {}×{}: make it smaller",
        max_pixels, width, height));
  }
}

Image Image::of_size(int64_t width, int64_t height, int64_t max_pixels) {
  check_size(width, height, max_pixels);
  Image image{static_cast<int>(width), static_cast<int>(height), {}};
  image.pixels.resize(static_cast<size_t>(width * height * 3));
  return image;
}

void codecs::take_room(const DecodeOptions& options, int64_t width, int64_t height,
                       int64_t own_bytes_a_pixel, int64_t own_bytes) {
  constexpr int64_t image_bytes_a_pixel = 6;
  if (options.room == nullptr) return;
  options.room->take(width * height * (image_bytes_a_pixel + own_bytes_a_pixel) + own_bytes);
}

Image decode_image(std::span<const std::byte> bytes, const DecodeOptions& options) {
  const ImageCodec* codec = codecs::find(bytes);
  if (codec == nullptr) throw Error(no_image(bytes));
  return with_context(fmt::format("damaged or unsupported {}", codec->name), [&] {
    Image image = codec->decode(bytes, options);
    if (options.grey) make_grey(image);
    if (!options.apply_orientation || codec->exif == nullptr) return image;
    return with_orientation(std::move(image), exif_orientation(codec->exif(bytes)));
  });
}

namespace {

constexpr size_t enough_bytes = 256;

std::string why_no_image(std::span<const std::byte> first) {
  return codecs::find(first) == nullptr ? no_image(first) : "";
}

}  // namespace

std::string why_no_image(const std::filesystem::path& file, const ImageContents* contents) {
  if (contents != nullptr && contents->holds(file)) {
    try {
      const std::string first = contents->read(file, enough_bytes);
      return why_no_image(std::as_bytes(std::span(first)));
    } catch (const Error& error) {
      return fmt::format("cannot be read: {}", error.what());
    }
  }
  std::error_code failure;
  // Opening a pipe would wait for who writes to it.
  const auto status = std::filesystem::status(file, failure);
  if (failure) return "cannot be read: " + failure.message();
  if (std::filesystem::is_directory(status)) return why_no_image_in(file);
  if (!std::filesystem::is_regular_file(status)) return "cannot be read: it is no regular file";
  std::string first(enough_bytes, '\0');
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fmt::format("cannot be read: {}", std::strerror(errno));
  stream.read(first.data(), static_cast<std::streamsize>(first.size()));
  first.resize(static_cast<size_t>(stream.gcount()));
  return why_no_image(std::as_bytes(std::span(first)));
}

std::string read_image_file(const std::filesystem::path& file, const ImageContents* contents,
                            DecodeRoom* room) {
  if (const std::string why = why_no_image(file, contents); !why.empty())
    throw Error(file.string() + ": " + why);
  const int64_t bytes = image_file_bytes(file, contents).value_or(0);
  if (room != nullptr && bytes <= int64_t{max_file_bytes}) room->take(bytes);
  if (contents == nullptr || !contents->holds(file)) return read_file(file, max_file_bytes);
  return with_context(file.string(), [&] {
    if (bytes > int64_t{max_file_bytes}) {
      throw Error(
          fmt::format("expected at most {} bytes, received {}", int64_t{max_file_bytes}, bytes));
    }
    return contents->read(file, max_file_bytes);
  });
}

Image read_image(const std::filesystem::path& file, const DecodeOptions& options,
                 const ImageContents* contents) {
  const std::string content = read_image_file(file, contents, options.room);
  return with_context(file.string(),
                      [&] { return decode_image(std::as_bytes(std::span(content)), options); });
}

Image with_orientation(Image image, int orientation) {
  if (orientation < 2 || orientation > 8) return image;
  // Where the upright image's first pixel is in the stored one, and how far it is from there to the
  // pixels that are to its right and below it in the upright image.
  const bool sides_swap = orientation >= 5;
  const bool from_right =
      orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_bottom =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const std::ptrdiff_t row_step = (from_bottom ? -3 : 3) * std::ptrdiff_t{image.width};
  const std::ptrdiff_t column_step = from_right ? -3 : 3;
  const uint8_t* first = image.pixels.data();
  if (from_bottom) first += std::ptrdiff_t{image.height - 1} * image.width * 3;
  if (from_right) first += std::ptrdiff_t{image.width - 1} * 3;

  Image turned = image;
  if (sides_swap) std::swap(turned.width, turned.height);
  const std::ptrdiff_t down = sides_swap ? column_step : row_step;
  const std::ptrdiff_t right = sides_swap ? row_step : column_step;
  uint8_t* target = turned.pixels.data();
  for (int y = 0; y < turned.height; ++y) {
    const uint8_t* source = first + y * down;
    for (int x = 0; x < turned.width; ++x, source += right) target = std::copy_n(source, 3, target);
  }
  return turned;
}

}  // namespace thaw
