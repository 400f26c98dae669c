#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "thaw/data/image.h"

namespace thaw {

/// One picture format: a row of the table that CMake makes from the files of data/codecs/.
struct ImageCodec {
  std::string_view name;                         ///< "JPEG", for messages
  std::span<const std::string_view> extensions;  ///< ".jpg", lower case
  bool keras_lists;  ///< whether Keras 3.15 finds such files in a folder
  bool (*matches)(std::span<const std::byte> bytes);
  /// Ignores the orientation. Throws Error.
  Image (*decode)(std::span<const std::byte> bytes, const DecodeOptions& options);
  /// The EXIF block (a TIFF header and what follows), empty when there is none; nullptr for a
  /// format that cannot hold one.
  std::span<const std::byte> (*exif)(std::span<const std::byte> bytes);
};

namespace codecs {
/// Every format there is.
std::span<const ImageCodec* const> all();
/// The one whose signature `bytes` begin with, or nullptr.
const ImageCodec* find(std::span<const std::byte> bytes);
}  // namespace codecs

}  // namespace thaw
