#include <libheif/heif.h>

#include <algorithm>
#include <array>
#include <memory>

#include "thaw/core/error.h"
#include "thaw/data/codec.h"
#include "thaw/data/exif.h"

namespace thaw::codecs {
namespace {

template <typename T, auto release>
struct Release {
  void operator()(T* object) const { release(object); }
};
template <typename T, auto release>
using Handle = std::unique_ptr<T, Release<T, release>>;

/// "HEVC", where the library found no decoder for what the image is compressed with.
std::string absent_decoders() {
  std::string names;
  if (heif_have_decoder_for_format(heif_compression_HEVC) == 0)
    names = "HEVC (Debian's libheif-plugin-libde265)";
  if (heif_have_decoder_for_format(heif_compression_AV1) == 0)
    names += std::string(names.empty() ? "" : ", ") + "AV1 (Debian's libheif-plugin-dav1d)";
  return names;
}

void check(const heif_error& error) {
  if (error.code == heif_error_Ok) return;
  std::string message = error.message != nullptr ? error.message : "the file cannot be read";
  if (error.code == heif_error_Unsupported_feature ||
      error.code == heif_error_Unsupported_filetype) {
    const std::string absent = absent_decoders();
    if (!absent.empty()) message += ": libheif has no decoder here for " + absent;
  }
  throw Error(message);
}

/// The file's main image, turned and cut as the file itself says: with HEIF this is part of what
/// the pixels are, and what EXIF says of it is a copy to be ignored (ISO/IEC 23008-12).
Image decode_heif(std::span<const std::byte> bytes, const DecodeOptions& options) {
  static const heif_error ready = heif_init(nullptr);
  check(ready);
  const Handle<heif_context, heif_context_free> context(heif_context_alloc());
  if (context == nullptr) throw Error("expected memory for libheif, received none");
  // Images are decoded by many threads already.
  heif_context_set_max_decoding_threads(context.get(), 0);
  constexpr int64_t longest_side = 65536;
  heif_context_set_maximum_image_size_limit(
      context.get(), static_cast<int>(std::min(options.max_pixels, longest_side)));
  check(heif_context_read_from_memory_without_copy(context.get(), bytes.data(), bytes.size(),
                                                   nullptr));
  heif_image_handle* found = nullptr;
  check(heif_context_get_primary_image_handle(context.get(), &found));
  const Handle<heif_image_handle, heif_image_handle_release> handle(found);
  const int64_t width = heif_image_handle_get_width(handle.get());
  const int64_t height = heif_image_handle_get_height(handle.get());
  // Before it is cut.
  Image::check_size(heif_image_handle_get_ispe_width(handle.get()),
                    heif_image_handle_get_ispe_height(handle.get()), options.max_pixels);
  Image::check_size(width, height, options.max_pixels);
  constexpr int64_t planes_bytes = 9;  // a pixel: 3 of 16 bits, and 3 bytes of RGB
  take_room(options, width, height, planes_bytes);

  const Handle<heif_decoding_options, heif_decoding_options_free> how(
      heif_decoding_options_alloc());
  if (how == nullptr) throw Error("expected memory for libheif, received none");
  how->convert_hdr_to_8bit = 1;
  heif_image* decoded = nullptr;
  check(heif_decode_image(handle.get(), &decoded, heif_colorspace_RGB, heif_chroma_interleaved_RGB,
                          how.get()));
  const Handle<heif_image, heif_image_release> pixels(decoded);
  int stride = 0;
  const uint8_t* rows =
      heif_image_get_plane_readonly(pixels.get(), heif_channel_interleaved, &stride);
  if (rows == nullptr) throw Error("expected pixels, received none");
  Image image = Image::of_size(heif_image_get_width(pixels.get(), heif_channel_interleaved),
                               heif_image_get_height(pixels.get(), heif_channel_interleaved),
                               options.max_pixels);
  for (int y = 0; y < image.height; ++y)
    std::copy_n(rows + std::ptrdiff_t{y} * stride, image.width * 3, image.row(y));
  return image;
}

/// Whether the box "ftyp" that the file begins with names one of the brands of still images.
bool is_heif(std::span<const std::byte> bytes) {
  constexpr auto brands =
      std::to_array<std::string_view>({"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1",
                                       "mif2", "msf1", "avif", "avis", "miaf"});
  constexpr size_t most_brands = 32;
  const ByteReader reader{bytes};
  if (!reader.has(4, "ftyp")) return false;
  const size_t end = std::min<size_t>(reader.u32(0), 16 + 4 * most_brands);
  for (size_t at = 8; at + 4 <= end; at += 4) {
    if (at == 12) continue;  // the version of the first brand
    if (std::ranges::any_of(brands, [&](std::string_view brand) { return reader.has(at, brand); }))
      return true;
  }
  return false;
}

std::string library() { return std::string("libheif ") + heif_get_version(); }

constexpr std::string_view extensions[] = {".heic", ".heif", ".hif", ".avif"};

}  // namespace

extern const ImageCodec heif;
constinit const ImageCodec heif{.name = "HEIC/AVIF",
                                .extensions = extensions,
                                .keras_extensions = {},
                                .matches = &is_heif,
                                .decode = &decode_heif,
                                .exif = nullptr,
                                .library = &library};

}  // namespace thaw::codecs
