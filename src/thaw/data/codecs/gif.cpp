#include <gif_lib.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "thaw/core/error.h"
#include "thaw/data/codec.h"
#include "thaw/data/exif.h"

namespace thaw::codecs {
namespace {

/// giflib's decoder, read as far as the first frame.
class Decoder {
 public:
  explicit Decoder(std::span<const std::byte> bytes) : rest_(bytes) {
    int reason = 0;
    gif_ = DGifOpen(this, &read, &reason);
    if (gif_ == nullptr) fail(reason);
  }
  ~Decoder() { DGifCloseFile(gif_, nullptr); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  /// The largest width and the largest height of any frame. Frames behind one that is damaged do
  /// not count.
  std::pair<int, int> largest_frame() {
    int width = 0;
    int height = 0;
    while (find_frame() == GIF_OK) {
      width = std::max(width, gif_->Image.Width);
      height = std::max(height, gif_->Image.Height);
      int size = 0;
      GifByteType* block = nullptr;
      int result = DGifGetCode(gif_, &size, &block);
      while (result == GIF_OK && block != nullptr) result = DGifGetCodeNext(gif_, &block);
      if (result != GIF_OK) break;
    }
    return {width, height};
  }

  /// The first frame on black of this size.
  Image first_frame(int canvas_width, int canvas_height, const DecodeOptions& options) {
    check(find_frame());
    const GifImageDesc& frame = gif_->Image;
    const ColorMapObject* colors = frame.ColorMap != nullptr ? frame.ColorMap : gif_->SColorMap;
    if (colors == nullptr) throw Error("expected a palette, received none");
    const int64_t width = std::max(canvas_width, frame.Width);
    const int64_t height = std::max(canvas_height, frame.Height);
    Image::check_size(width, height, options.max_pixels);
    take_room(options, width, height);
    Image image = Image::of_size(width, height, options.max_pixels);
    std::vector<GifPixelType> line(static_cast<size_t>(frame.Width));
    struct Pass {
      int first, step;
    };
    constexpr Pass interlaced[] = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};
    constexpr Pass plain[] = {{0, 1}};
    for (const Pass pass : frame.Interlace ? std::span<const Pass>(interlaced) : plain) {
      for (int y = pass.first; y < frame.Height; y += pass.step) {
        check(DGifGetLine(gif_, line.data(), frame.Width));
        paint(line, *colors, frame, y, image);
      }
    }
    return image;
  }

 private:
  /// Reads up to the next frame's pixels, keeping which colour is transparent.
  int find_frame() {
    for (GifRecordType type = UNDEFINED_RECORD_TYPE; type != IMAGE_DESC_RECORD_TYPE;) {
      if (DGifGetRecordType(gif_, &type) != GIF_OK) return GIF_ERROR;
      if (type == TERMINATE_RECORD_TYPE) {
        gif_->Error = D_GIF_ERR_NO_IMAG_DSCR;
        return GIF_ERROR;
      }
      if (type == EXTENSION_RECORD_TYPE && read_extension() != GIF_OK) return GIF_ERROR;
    }
    return DGifGetImageDesc(gif_);
  }

  int read_extension() {
    int code = 0;
    GifByteType* block = nullptr;
    int result = DGifGetExtension(gif_, &code, &block);
    while (result == GIF_OK && block != nullptr) {
      GraphicsControlBlock control;
      if (code == GRAPHICS_EXT_FUNC_CODE &&
          DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK) {
        transparent_ = control.TransparentColor;
      }
      result = DGifGetExtensionNext(gif_, &block);
    }
    return result;
  }

  /// Outside of the frame, and where it is transparent, the image stays black.
  void paint(std::span<const GifPixelType> line, const ColorMapObject& colors,
             const GifImageDesc& frame, int y, Image& image) const {
    if (frame.Top + y >= image.height || frame.Left >= image.width) return;
    const int end = std::min(frame.Width, image.width - frame.Left);
    uint8_t* target = image.row(frame.Top + y) + std::ptrdiff_t{frame.Left} * 3;
    for (int x = 0; x < end; ++x, target += 3) {
      const int index = line[static_cast<size_t>(x)];
      if (index == transparent_) continue;
      if (index >= colors.ColorCount)
        throw Error("expected a colour of the palette, received one outside of it");
      const GifColorType& color = colors.Colors[index];
      target[0] = color.Red;
      target[1] = color.Green;
      target[2] = color.Blue;
    }
  }

  void check(int result) const {
    if (result != GIF_OK) fail(gif_->Error);
  }
  [[noreturn]] static void fail(int reason) {
    const char* message = GifErrorString(reason);
    throw Error(message != nullptr ? message : "the file cannot be read");
  }
  static int read(GifFileType* gif, GifByteType* target, int count) {
    auto* self = static_cast<Decoder*>(gif->UserData);
    const size_t taken = std::min(static_cast<size_t>(count), self->rest_.size());
    std::memcpy(target, self->rest_.data(), taken);
    self->rest_ = self->rest_.subspan(taken);
    return static_cast<int>(taken);
  }

  std::span<const std::byte> rest_;
  GifFileType* gif_ = nullptr;
  int transparent_ = NO_TRANSPARENT_COLOR;
};

/// TensorFlow's canvas is not the file's screen: it has room for the largest frame, and the first
/// lies on it at its own place, cut off where it reaches past.
Image decode_gif(std::span<const std::byte> bytes, const DecodeOptions& options) {
  const auto [width, height] = Decoder(bytes).largest_frame();
  return Decoder(bytes).first_frame(width, height, options);
}

bool is_gif(std::span<const std::byte> bytes) {
  const ByteReader reader{bytes};
  return reader.has(0, "GIF87a") || reader.has(0, "GIF89a");
}

/// Of the headers: the library itself does not say.
std::string library() {
  return "giflib " + std::to_string(GIFLIB_MAJOR) + "." + std::to_string(GIFLIB_MINOR) + "." +
         std::to_string(GIFLIB_RELEASE);
}

constexpr std::string_view extensions[] = {".gif"};

}  // namespace

extern const ImageCodec gif;
constinit const ImageCodec gif{.name = "GIF",
                               .extensions = extensions,
                               .keras_extensions = extensions,
                               .matches = &is_gif,
                               .decode = &decode_gif,
                               .exif = nullptr,
                               .library = &library};

}  // namespace thaw::codecs
