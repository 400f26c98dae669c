#include <cstdlib>
#include <memory>

// Private to this file: nothing of stb is visible to the linker.
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_BMP
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_image.h>
#pragma GCC diagnostic pop

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/data/codec.h"
#include "thaw/data/exif.h"

namespace thaw::codecs {
namespace {

/// Throws Error when the file is shorter than its pixels need. stb does not notice: it reads zeros
/// beyond the end. How many bytes the pixels need follows from the header when they are not
/// compressed.
void check_length(std::span<const std::byte> bytes, int64_t width, int64_t height) {
  constexpr uint32_t old_header_bytes = 12;
  const ByteReader reader{bytes, false};
  const bool is_old = reader.u32(14) == old_header_bytes;
  const int64_t bits_per_pixel = reader.u16(is_old ? 24 : 28);
  const int64_t row_bytes = (width * bits_per_pixel + 31) / 32 * 4;
  const int64_t expected = reader.u32(10) + row_bytes * height;
  if (expected > static_cast<int64_t>(bytes.size())) throw Error("the file is cut off");
}

[[noreturn]] void fail() {
  const char* reason = stbi_failure_reason();
  throw Error(reason != nullptr ? reason : "the file cannot be read");
}

Image decode_bmp(std::span<const std::byte> bytes, const DecodeOptions& options) {
  const auto* data = reinterpret_cast<const stbi_uc*>(bytes.data());
  const int size = static_cast<int>(std::min<size_t>(bytes.size(), INT32_MAX));
  int width = 0;
  int height = 0;
  int channels = 0;
  if (stbi_info_from_memory(data, size, &width, &height, &channels) == 0) fail();
  const int64_t rows = std::abs(int64_t{height});
  Image::check_size(width, rows, options.max_pixels);
  check_length(bytes, width, rows);
  constexpr int64_t own_bytes_a_pixel = 7;  // as stored with alpha, and without it
  take_room(options, width, rows, own_bytes_a_pixel);
  struct Free {
    void operator()(stbi_uc* pixels) const { stbi_image_free(pixels); }
  };
  const std::unique_ptr<stbi_uc, Free> pixels(
      stbi_load_from_memory(data, size, &width, &height, &channels, 3));
  if (pixels == nullptr) fail();
  Image image = Image::of_size(width, height, options.max_pixels);
  std::copy_n(pixels.get(), image.pixels.size(), image.pixels.data());
  return image;
}

bool is_bmp(std::span<const std::byte> bytes) { return ByteReader{bytes}.has(0, "BM"); }

std::string library() { return "stb_image " + std::to_string(STBI_VERSION); }

constexpr std::string_view extensions[] = {".bmp"};

}  // namespace

extern const ImageCodec bmp;
constinit const ImageCodec bmp{.name = "BMP",
                               .extensions = extensions,
                               .keras_extensions = extensions,
                               .matches = &is_bmp,
                               .decode = &decode_bmp,
                               .exif = nullptr,
                               .library = &library};

}  // namespace thaw::codecs
