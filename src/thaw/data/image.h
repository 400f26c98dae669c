#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thaw {

class DecodeRoom;
class ImageContents;

/// A decoded image: 8-bit RGB, row by row from the top, without padding.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> pixels;  ///< height · width · 3

  /// A black image. Throws Error, before it allocates anything, unless both sides are positive and
  /// width · height ≤ max_pixels.
  static Image of_size(int64_t width, int64_t height, int64_t max_pixels);
  /// Throws what of_size() would throw.
  static void check_size(int64_t width, int64_t height, int64_t max_pixels);

  /// The row of `width` · 3 values at height y, 0 at the top. Requires 0 ≤ y < height.
  uint8_t* row(int y) { return pixels.data() + static_cast<size_t>(y) * width * 3; }
  const uint8_t* row(int y) const { return pixels.data() + static_cast<size_t>(y) * width * 3; }
};

struct DecodeOptions {
  /// Turn the image upright as its EXIF orientation says, which Keras does not do.
  bool apply_orientation = true;
  /// Refuse images that declare more pixels than this.
  int64_t max_pixels = 200'000'000;
  /// When positive, a JPEG may be decoded at n/8 of its size, n the smallest for which its shorter
  /// side keeps at least this many pixels. Several times faster for photographs as a camera takes
  /// them, but the pixels are not Keras's. 0: at full size.
  int shortest_side = 0;
  /// Luminance alone, in all three channels: a JPEG's own, else 0.299·R + 0.587·G + 0.114·B rounded
  /// down, as TensorFlow's decode_image(channels=1) gives it.
  bool grey = false;
  /// Waits in here for the memory that it takes; nullptr: it does not wait.
  DecodeRoom* room = nullptr;
};

/// Decodes the image file in `bytes`, whose format is told by its first bytes, not by its name.
/// Gives the pixels of TensorFlow's decode_image(channels=3, expand_animations=False): the first
/// frame of an animation, colours as they are under transparent pixels, the high byte of 16-bit
/// values, grey and palette colours as RGB. It differs in one way: a BMP with a palette is shown in
/// its colours. HEIC, AVIF and TIFF, which TensorFlow does not read, have the pixels that libheif
/// and libtiff give: the main, or first, image, colours in 8 bits. Throws Error when the
/// bytes are no image of a known format, are damaged or cut off, or declare more than
/// options.max_pixels.
Image decode_image(std::span<const std::byte> bytes, const DecodeOptions& options = {});

/// The bytes of an image file of at most 1 GiB. Throws Error that begins with the file's name, of
/// one that is no image of a known format after a look at its first bytes. What `contents` holds
/// is read from there. With a `room` it waits there for the memory that the bytes take.
std::string read_image_file(const std::filesystem::path& file,
                            const ImageContents* contents = nullptr, DecodeRoom* room = nullptr);

/// Why the first bytes of `file` show that it is no image; empty: nothing speaks against it.
std::string why_no_image(const std::filesystem::path& file,
                         const ImageContents* contents = nullptr);

/// decode_image() of read_image_file(); its errors begin with the file's name.
Image read_image(const std::filesystem::path& file, const DecodeOptions& options = {},
                 const ImageContents* contents = nullptr);

/// The image turned and mirrored to stand upright, given its EXIF orientation 1 … 8 (EXIF 2.3; 6,
/// for one, is turned clockwise by a quarter). Any other value leaves it as it is.
Image with_orientation(Image image, int orientation);

}  // namespace thaw
