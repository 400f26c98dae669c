#include <png.h>

#include <cstring>
#include <vector>

#include "thaw/core/error.h"
#include "thaw/data/codec.h"
#include "thaw/data/error_jump.h"
#include "thaw/data/exif.h"

namespace thaw::codecs {
namespace {

constexpr std::string_view signature = "\x89PNG\r\n\x1a\n";

/// libpng's decoder. What calls the library is to be called through errors().run().
class Decoder {
 public:
  explicit Decoder(std::span<const std::byte> bytes)
      : rest_(bytes), png_(png_create_read_struct(PNG_LIBPNG_VER_STRING, this, &fail, &warn)) {
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
    if (info_ == nullptr) throw Error("expected memory for libpng, received none");
    png_set_read_fn(png_, this, &read);
  }
  ~Decoder() { png_destroy_read_struct(&png_, &info_, nullptr); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  ErrorJump& errors() { return errors_; }

  /// Afterwards every row will be 8-bit RGB.
  void read_header() {
    constexpr png_uint_32 longest_side = 1U << 24;
    png_set_user_limits(png_, longest_side, longest_side);
    png_read_info(png_, info_);
    png_set_expand(png_);
    png_set_strip_16(png_);
    png_set_strip_alpha(png_);
    png_set_gray_to_rgb(png_);
    png_set_interlace_handling(png_);
  }

  int64_t width() const { return png_get_image_width(png_, info_); }
  int64_t height() const { return png_get_image_height(png_, info_); }

  void read_pixels(png_bytepp rows, size_t row_bytes) {
    png_read_update_info(png_, info_);
    if (png_get_rowbytes(png_, info_) != row_bytes) png_error(png_, "unexpected row size");
    png_read_image(png_, rows);
    png_read_end(png_, nullptr);
  }

 private:
  static void read(png_structp png, png_bytep target, size_t count) {
    auto* self = static_cast<Decoder*>(png_get_io_ptr(png));
    if (count > self->rest_.size()) png_error(png, "the file is cut off");
    std::memcpy(target, self->rest_.data(), count);
    self->rest_ = self->rest_.subspan(count);
  }
  [[noreturn]] static void fail(png_structp png, png_const_charp message) {
    auto* self = static_cast<Decoder*>(png_get_error_ptr(png));
    auto& text = self->errors_.message();
    std::strncpy(text.data(), message, text.size() - 1);
    self->errors_.jump();
  }
  static void warn(png_structp, png_const_charp) {}

  std::span<const std::byte> rest_;
  ErrorJump errors_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

Image decode_png(std::span<const std::byte> bytes, const DecodeOptions& options) {
  Decoder decoder(bytes);
  decoder.errors().run([&] { decoder.read_header(); });
  Image::check_size(decoder.width(), decoder.height(), options.max_pixels);
  take_room(options, decoder.width(), decoder.height());
  Image image = Image::of_size(decoder.width(), decoder.height(), options.max_pixels);
  std::vector<png_bytep> rows(static_cast<size_t>(image.height));
  for (int y = 0; y < image.height; ++y) rows[static_cast<size_t>(y)] = image.row(y);
  const size_t row_bytes = static_cast<size_t>(image.width) * 3;
  decoder.errors().run([&] { decoder.read_pixels(rows.data(), row_bytes); });
  return image;
}

bool is_png(std::span<const std::byte> bytes) { return ByteReader{bytes}.has(0, signature); }

/// The eXIf chunk.
std::span<const std::byte> png_exif(std::span<const std::byte> bytes) {
  constexpr size_t frame_bytes = 12;  // length, type and checksum of a chunk
  const ByteReader reader{bytes};
  for (size_t at = signature.size(); at + frame_bytes <= bytes.size();) {
    const size_t length = reader.u32(at);
    if (reader.has(at + 4, "eXIf")) return reader.part(at + 8, length);
    at += length + frame_bytes;
  }
  return {};
}

std::string library() { return std::string("libpng ") + png_get_libpng_ver(nullptr); }

constexpr std::string_view extensions[] = {".png"};

}  // namespace

extern const ImageCodec png;
constinit const ImageCodec png{.name = "PNG",
                               .extensions = extensions,
                               .keras_extensions = extensions,
                               .matches = &is_png,
                               .decode = &decode_png,
                               .exif = &png_exif,
                               .library = &library};

}  // namespace thaw::codecs
