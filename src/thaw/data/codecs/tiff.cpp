#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "thaw/core/error.h"
#include "thaw/data/codec.h"
#include "thaw/data/exif.h"

namespace thaw::codecs {
namespace {

/// libtiff's decoder of a file in memory.
class Decoder {
 public:
  explicit Decoder(std::span<const std::byte> bytes, int64_t max_pixels) : bytes_(bytes) {
    constexpr int64_t most_bytes_a_pixel = 8;
    struct Free {
      void operator()(TIFFOpenOptions* options) const { TIFFOpenOptionsFree(options); }
    };
    const std::unique_ptr<TIFFOpenOptions, Free> options(TIFFOpenOptionsAlloc());
    if (options == nullptr) throw Error("expected memory for libtiff, received none");
    TIFFOpenOptionsSetMaxSingleMemAlloc(
        options.get(), static_cast<tmsize_t>(most_bytes_a_pixel * max_pixels + (1 << 20)));
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), &note, this);
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), &ignore, this);
    // "m": not mapped, for the bytes are in memory as it is.
    tiff_ = TIFFClientOpenExt("image", "rm", this, &read, &write, &seek, &close, &size, nullptr,
                              nullptr, options.get());
    if (tiff_ == nullptr) fail();
  }
  ~Decoder() { TIFFClose(tiff_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  Image first_image(const DecodeOptions& options) {
    refuse_previews();
    const auto width = int64_t{number(TIFFTAG_IMAGEWIDTH)};
    const auto height = int64_t{number(TIFFTAG_IMAGELENGTH)};
    Image::check_size(width, height, options.max_pixels);
    if (TIFFIsTiled(tiff_) != 0) {
      Image::check_size(number(TIFFTAG_TILEWIDTH), number(TIFFTAG_TILELENGTH), options.max_pixels);
    }
    constexpr int64_t raster_bytes = 4;  // a pixel, as libtiff gives it
    take_room(options, width, height, raster_bytes,
              TIFFIsTiled(tiff_) != 0 ? TIFFTileSize(tiff_) : TIFFStripSize(tiff_));
    keep_colours();
    std::vector<uint32_t> raster(static_cast<size_t>(width * height));
    read_raster(raster);
    Image image = Image::of_size(width, height, options.max_pixels);
    uint8_t* target = image.pixels.data();
    for (const uint32_t pixel : raster) {
      *target++ = static_cast<uint8_t>(TIFFGetR(pixel));
      *target++ = static_cast<uint8_t>(TIFFGetG(pixel));
      *target++ = static_cast<uint8_t>(TIFFGetB(pixel));
    }
    return image;
  }

 private:
  uint32_t number(uint32_t tag) {
    uint32_t value = 0;
    TIFFGetFieldDefaulted(tiff_, tag, &value);
    return value;
  }

  /// A camera's raw file is a TIFF whose first image is a small preview.
  void refuse_previews() {
    if ((number(TIFFTAG_SUBFILETYPE) & FILETYPE_REDUCEDIMAGE) == 0) return;
    throw Error(
        "expected an image, received a preview of one, as a camera's raw file begins with: export "
        "it as JPEG or TIFF");
  }

  /// libtiff multiplies colours by an alpha channel that is not in them already; said to be in
  /// them, they stay as they are.
  void keep_colours() {
    uint16_t count = 0;
    uint16_t* kinds = nullptr;
    if (TIFFGetFieldDefaulted(tiff_, TIFFTAG_EXTRASAMPLES, &count, &kinds) == 0 || count == 0)
      return;
    std::vector<uint16_t> same(kinds, kinds + count);
    std::ranges::replace(same, uint16_t{EXTRASAMPLE_UNASSALPHA}, uint16_t{EXTRASAMPLE_ASSOCALPHA});
    TIFFSetField(tiff_, TIFFTAG_EXTRASAMPLES, count, same.data());
  }

  /// Rows from the top as they are stored, whatever the orientation says.
  void read_raster(std::vector<uint32_t>& raster) {
    constexpr int stop_on_error = 1;
    std::array<char, 1024> reason{};
    TIFFRGBAImage image;
    if (TIFFRGBAImageOK(tiff_, reason.data()) == 0 ||
        TIFFRGBAImageBegin(&image, tiff_, stop_on_error, reason.data()) == 0)
      throw Error(reason.data());
    image.orientation = ORIENTATION_TOPLEFT;
    image.req_orientation = ORIENTATION_TOPLEFT;
    const int is_read = TIFFRGBAImageGet(&image, raster.data(), image.width, image.height);
    TIFFRGBAImageEnd(&image);
    if (is_read == 0) fail();
  }

  [[noreturn]] void fail() const {
    throw Error(message_.empty() ? "the file is damaged or cut off" : message_);
  }

  static int note(TIFF*, void* self, const char*, const char* format, va_list values) {
    std::array<char, 256> text{};
    std::vsnprintf(text.data(), text.size(), format, values);
    auto& message = static_cast<Decoder*>(self)->message_;
    if (message.empty()) message = text.data();
    return 1;
  }
  static int ignore(TIFF*, void*, const char*, const char*, va_list) { return 1; }

  static tmsize_t read(thandle_t handle, void* target, tmsize_t count) {
    auto* self = static_cast<Decoder*>(handle);
    const size_t at = std::min(self->at_, self->bytes_.size());
    const size_t taken = std::min(static_cast<size_t>(count), self->bytes_.size() - at);
    std::memcpy(target, self->bytes_.data() + at, taken);
    self->at_ = at + taken;
    return static_cast<tmsize_t>(taken);
  }
  static tmsize_t write(thandle_t, void*, tmsize_t) { return 0; }
  static toff_t seek(thandle_t handle, toff_t offset, int from) {
    auto* self = static_cast<Decoder*>(handle);
    const toff_t start = from == SEEK_SET   ? 0
                         : from == SEEK_CUR ? toff_t{self->at_}
                                            : toff_t{self->bytes_.size()};
    self->at_ = static_cast<size_t>(start + offset);
    return self->at_;
  }
  static int close(thandle_t) { return 0; }
  static toff_t size(thandle_t handle) { return static_cast<Decoder*>(handle)->bytes_.size(); }

  std::span<const std::byte> bytes_;
  size_t at_ = 0;
  std::string message_;
  TIFF* tiff_ = nullptr;
};

Image decode_tiff(std::span<const std::byte> bytes, const DecodeOptions& options) {
  return Decoder(bytes, options.max_pixels).first_image(options);
}

bool is_tiff(std::span<const std::byte> bytes) {
  using namespace std::string_view_literals;
  const ByteReader reader{bytes};
  return reader.has(0, "II*\0"sv) || reader.has(0, "MM\0*"sv);
}

/// The file is of the form that an EXIF block has, and its first directory holds the orientation.
std::span<const std::byte> tiff_exif(std::span<const std::byte> bytes) { return bytes; }

/// The first line: a copyright follows.
std::string library() {
  const std::string text = TIFFGetVersion();
  return text.substr(0, text.find('\n'));
}

constexpr std::string_view extensions[] = {".tif", ".tiff"};

}  // namespace

extern const ImageCodec tiff;
constinit const ImageCodec tiff{.name = "TIFF",
                                .extensions = extensions,
                                .keras_extensions = {},
                                .matches = &is_tiff,
                                .decode = &decode_tiff,
                                .exif = &tiff_exif,
                                .library = &library};

}  // namespace thaw::codecs
