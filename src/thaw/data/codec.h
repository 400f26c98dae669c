#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "thaw/data/image.h"

namespace thaw {

/// One image format: a row of the table that CMake makes of the files in data/codecs/, each of
/// which defines one.
struct ImageCodec {
  std::string_view name;                         ///< "JPEG", for messages
  std::span<const std::string_view> extensions;  ///< ".jpg", lower case
  /// Those with which Keras 3.15 finds such files in a folder.
  std::span<const std::string_view> keras_extensions;
  /// Whether `bytes`, the whole file, begin with the format's signature.
  bool (*matches)(std::span<const std::byte> bytes);
  /// The pixels as they are stored, not yet turned as EXIF says. Throws Error when the file is
  /// damaged, cut off, or larger than options.max_pixels.
  Image (*decode)(std::span<const std::byte> bytes, const DecodeOptions& options);
  /// The EXIF block (from its TIFF header on), empty when there is none. nullptr for a format that
  /// cannot hold one.
  std::span<const std::byte> (*exif)(std::span<const std::byte> bytes);
  /// What decodes it, and its version as it runs here: "libpng 1.6.39". The pixels may depend on
  /// it.
  std::string (*library)();
};

namespace codecs {
/// Takes of options.room, if there is one, what decoding needs: the image, once more to turn it,
/// and for each pixel as well as beside them what the codec itself takes.
void take_room(const DecodeOptions& options, int64_t width, int64_t height,
               int64_t own_bytes_a_pixel = 0, int64_t own_bytes = 0);

/// Every format, by name.
std::span<const ImageCodec* const> all();
/// The format whose signature `bytes` begin with, or nullptr.
const ImageCodec* find(std::span<const std::byte> bytes);
/// The libraries of all formats, separated by ", ".
std::string libraries();
}  // namespace codecs

}  // namespace thaw
