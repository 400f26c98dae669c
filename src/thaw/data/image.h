#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace thaw {

/// A decoded picture: 8-bit RGB, row by row from the top, without padding.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> pixels;  ///< height · width · 3

  /// Black. Throws Error unless both sides are positive and width · height ≤ max_pixels; nothing
  /// is allocated before that is known.
  static Image of_size(int64_t width, int64_t height, int64_t max_pixels);
  /// What of_size() throws, alone.
  static void check_size(int64_t width, int64_t height, int64_t max_pixels);

  uint8_t* row(int y) { return pixels.data() + static_cast<size_t>(y) * width * 3; }
  const uint8_t* row(int y) const { return pixels.data() + static_cast<size_t>(y) * width * 3; }
};

struct DecodeOptions {
  /// Turn the picture as its EXIF orientation says. Keras does not.
  bool apply_orientation = true;
  /// Refuse pictures that declare more pixels than this.
  int64_t max_pixels = int64_t{1} << 28;
  /// When positive, a JPEG may be decoded at n/8 of its size as long as its shorter side keeps at
  /// least this many pixels. Several times faster for camera originals, but not Keras's pixels.
  int shortest_side = 0;
};

/// The picture in `bytes`, as TensorFlow's decode_image(channels=3, expand_animations=False) gives
/// it: first frame, alpha dropped without compositing, the high byte of 16 bits, grey and palette
/// spread to RGB. Better than there: a BMP's palette gives its colours, and a GIF's first frame
/// lies on the whole screen, not on one of the frame's size. The format is told by its signature.
/// Throws Error when the bytes are no picture of a known format, are damaged or cut off, or declare
/// too large a size.
Image decode_image(std::span<const std::byte> bytes, const DecodeOptions& options = {});

/// decode_image() of a file; its errors begin with the file's name.
Image read_image(const std::filesystem::path& file, const DecodeOptions& options = {});

/// `image` turned and mirrored so that a camera's EXIF orientation 1 … 8 comes out upright.
/// Other values leave it as it is.
Image with_orientation(Image image, int orientation);

}  // namespace thaw
