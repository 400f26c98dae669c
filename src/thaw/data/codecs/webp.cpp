#include <webp/decode.h>

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/data/codec.h"
#include "thaw/data/exif.h"

namespace thaw::codecs {
namespace {

/// The payload of the RIFF chunk named `type`, empty when there is none.
std::span<const std::byte> chunk(std::span<const std::byte> bytes, std::string_view type) {
  const ByteReader reader{bytes, false};
  for (size_t at = 12; at + 8 <= bytes.size();) {
    const size_t length = reader.u32(at + 4);
    if (reader.has(at, type)) return reader.part(at + 8, length);
    at += 8 + length + length % 2;
  }
  return {};
}

const uint8_t* data(std::span<const std::byte> bytes) {
  return reinterpret_cast<const uint8_t*>(bytes.data());
}

WebPBitstreamFeatures features(std::span<const std::byte> bytes) {
  WebPBitstreamFeatures result;
  if (WebPGetFeatures(data(bytes), bytes.size(), &result) != VP8_STATUS_OK)
    throw Error("the header is damaged or cut off");
  return result;
}

constexpr int64_t own_bytes_a_pixel = 4;  // of what the lossless form is decoded to

Image decode_still(std::span<const std::byte> bytes, const DecodeOptions& options) {
  const WebPBitstreamFeatures size = features(bytes);
  Image::check_size(size.width, size.height, options.max_pixels);
  take_room(options, size.width, size.height, own_bytes_a_pixel);
  Image image = Image::of_size(size.width, size.height, options.max_pixels);
  if (WebPDecodeRGBInto(data(bytes), bytes.size(), image.pixels.data(), image.pixels.size(),
                        image.width * 3) == nullptr) {
    throw Error("the pixels are damaged or cut off");
  }
  return image;
}

/// An animation's first frame, on black where it does not cover the image.
Image decode_animation(std::span<const std::byte> bytes, int width, int height,
                       const DecodeOptions& options) {
  constexpr size_t frame_header_bytes = 16;
  const ByteReader frame{chunk(bytes, "ANMF"), false};
  if (frame.bytes.size() <= frame_header_bytes) throw Error("expected a frame, received none");
  const int left = static_cast<int>((frame.u16(0) | frame.u8(2) << 16) * 2);
  const int top = static_cast<int>((frame.u16(3) | frame.u8(5) << 16) * 2);

  Image::check_size(width, height, options.max_pixels);
  take_room(options, width, height);
  Image image = Image::of_size(width, height, options.max_pixels);
  const Image shown = decode_still(frame.bytes.subspan(frame_header_bytes), options);
  if (left > width - shown.width || top > height - shown.height)
    throw Error("expected a frame inside the image, received one outside of it");
  for (int y = 0; y < shown.height; ++y) {
    std::copy_n(shown.row(y), shown.width * 3, image.row(top + y) + std::ptrdiff_t{left} * 3);
  }
  return image;
}

Image decode_webp(std::span<const std::byte> bytes, const DecodeOptions& options) {
  const WebPBitstreamFeatures size = features(bytes);
  if (size.has_animation != 0) return decode_animation(bytes, size.width, size.height, options);
  return decode_still(bytes, options);
}

bool is_webp(std::span<const std::byte> bytes) {
  const ByteReader reader{bytes};
  return reader.has(0, "RIFF") && reader.has(8, "WEBP");
}

std::span<const std::byte> webp_exif(std::span<const std::byte> bytes) {
  using namespace std::string_view_literals;
  const auto exif = chunk(bytes, "EXIF");
  // Some writers keep the prefix that only JPEG needs.
  const bool has_prefix = ByteReader{exif}.has(0, "Exif\0\0"sv);
  return has_prefix ? exif.subspan(6) : exif;
}

std::string library() {
  const int version = WebPGetDecoderVersion();  // a byte each of major, minor, revision
  return "libwebp " + std::to_string(version >> 16) + "." + std::to_string(version >> 8 & 255) +
         "." + std::to_string(version & 255);
}

constexpr std::string_view extensions[] = {".webp"};

}  // namespace

extern const ImageCodec webp;
constinit const ImageCodec webp{.name = "WebP",
                                .extensions = extensions,
                                .keras_extensions = {},
                                .matches = &is_webp,
                                .decode = &decode_webp,
                                .exif = &webp_exif,
                                .library = &library};

}  // namespace thaw::codecs
