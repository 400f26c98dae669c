#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

// Needs size_t and FILE declared before it.
#include <jerror.h>
#include <jpeglib.h>

#include "thaw/core/error.h"
#include "thaw/data/codec.h"
#include "thaw/data/error_jump.h"
#include "thaw/data/exif.h"

namespace thaw::codecs {
namespace {

/// libjpeg's decoder. What calls the library is to be called through errors().run().
class Decoder {
 public:
  explicit Decoder(std::span<const std::byte> bytes) : bytes_(bytes) {
    info_.err = jpeg_std_error(&handler_);
    info_.client_data = this;
    handler_.error_exit = &fail;
    handler_.emit_message = &warn;
  }
  ~Decoder() { jpeg_destroy_decompress(&info_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  ErrorJump& errors() { return errors_; }

  void read_header() {
    jpeg_create_decompress(&info_);
    jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(bytes_.data()),
                 static_cast<unsigned long>(bytes_.size()));
    progress_.progress_monitor = &limit_scans;
    info_.progress = &progress_;
    jpeg_read_header(&info_, TRUE);
    // TensorFlow's choices: the fast inverse transform, smooth chroma.
    info_.dct_method = JDCT_IFAST;
    info_.do_fancy_upsampling = TRUE;
    const bool has_four = info_.num_components == 4;
    info_.out_color_space = has_four ? JCS_CMYK : JCS_RGB;
  }

  /// The luminance that the file holds, where it holds one.
  void choose_grey() {
    if (info_.jpeg_color_space == JCS_YCbCr || info_.jpeg_color_space == JCS_GRAYSCALE)
      info_.out_color_space = JCS_GRAYSCALE;
  }

  /// Decodes at n/8 of the size, n the smallest that leaves the shorter side at least that long.
  void choose_scale(int shortest_side) {
    if (shortest_side <= 0) return;
    const auto shorter = static_cast<int64_t>(std::min(info_.image_width, info_.image_height));
    const int64_t eighths = (int64_t{8} * shortest_side + shorter - 1) / shorter;
    info_.scale_num = static_cast<unsigned>(std::clamp<int64_t>(eighths, 1, 8));
    info_.scale_denom = 8;
  }

  /// `own_row`: room for a row of the file's own channels; nullptr where these are RGB.
  void read_rows(Image& image, JSAMPROW own_row) {
    jpeg_start_decompress(&info_);
    while (info_.output_scanline < info_.output_height) {
      uint8_t* target = image.row(static_cast<int>(info_.output_scanline));
      JSAMPROW row = own_row != nullptr ? own_row : target;
      jpeg_read_scanlines(&info_, &row, 1);
      if (info_.out_color_space == JCS_CMYK) convert_cmyk(own_row, target, image.width);
      if (info_.out_color_space == JCS_GRAYSCALE) repeat_grey(own_row, target, image.width);
    }
    jpeg_finish_decompress(&info_);
  }

  jpeg_decompress_struct& info() { return info_; }

  /// Of all coefficients, which libjpeg keeps where a later scan refines an earlier one.
  int64_t coefficient_bytes() {
    if (jpeg_has_multiple_scans(&info_) == 0) return 0;
    int64_t blocks = 0;
    for (int i = 0; i < info_.num_components; ++i) {
      blocks += int64_t{info_.comp_info[i].width_in_blocks} * info_.comp_info[i].height_in_blocks;
    }
    return blocks * DCTSIZE2 * static_cast<int64_t>(sizeof(JCOEF));
  }

 private:
  static void repeat_grey(const uint8_t* source, uint8_t* target, int width) {
    for (int x = 0; x < width; ++x, target += 3) std::fill_n(target, 3, source[x]);
  }

  /// Adobe's files hold 255 minus the amount of ink.
  void convert_cmyk(const uint8_t* source, uint8_t* target, int width) const {
    const bool inverted = info_.saw_Adobe_marker != 0;
    for (int x = 0; x < width; ++x, source += 4, target += 3) {
      const int black = inverted ? source[3] : 255 - source[3];
      for (int c = 0; c < 3; ++c) {
        const int ink = inverted ? source[c] : 255 - source[c];
        target[c] = static_cast<uint8_t>(black * ink / 255);
      }
    }
  }

  [[noreturn]] static void fail(j_common_ptr info) {
    auto* self = static_cast<Decoder*>(info->client_data);
    static_assert(JMSG_LENGTH_MAX <= ErrorJump::message_bytes);
    self->handler_.format_message(info, self->errors_.message().data());
    self->errors_.jump();
  }

  /// For libjpeg a file that is cut off is only worth a warning, and the rest of the image is grey.
  /// Here it is an error.
  static void warn(j_common_ptr info, int level) {
    constexpr int premature_end = 120;  // JWRN_JPEG_EOF of libjpeg's jerror.h
    constexpr int most_warnings = 1000;
    if (level >= 0) return;
    const long count = ++info->err->num_warnings;
    if (info->err->msg_code == premature_end || count > most_warnings) fail(info);
  }

  /// A scan may be a few bytes long and still costs a pass over the whole image, so a small file of
  /// many scans could keep a processor busy for hours. Real files have about ten.
  static void limit_scans(j_common_ptr info) {
    constexpr int most_scans = 256;
    auto* self = static_cast<Decoder*>(info->client_data);
    if (self->info_.input_scan_number <= most_scans) return;
    auto& message = self->errors_.message();
    std::snprintf(message.data(), message.size(), "expected at most %d scans, received more",
                  most_scans);
    self->errors_.jump();
  }

  std::span<const std::byte> bytes_;
  jpeg_decompress_struct info_{};
  jpeg_error_mgr handler_{};
  jpeg_progress_mgr progress_{};
  ErrorJump errors_;
};

Image decode_jpeg(std::span<const std::byte> bytes, const DecodeOptions& options) {
  Decoder decoder(bytes);
  decoder.errors().run([&] { decoder.read_header(); });
  if (options.grey) decoder.choose_grey();
  decoder.choose_scale(options.shortest_side);
  decoder.errors().run([&] { jpeg_calc_output_dimensions(&decoder.info()); });
  // Also when decoded smaller: libjpeg keeps all coefficients of a progressive file in memory.
  if (options.shortest_side > 0)
    Image::check_size(decoder.info().image_width, decoder.info().image_height, options.max_pixels);
  const int64_t width = decoder.info().output_width;
  const int64_t height = decoder.info().output_height;
  Image::check_size(width, height, options.max_pixels);
  take_room(options, width, height, 0, decoder.coefficient_bytes());
  Image image = Image::of_size(width, height, options.max_pixels);
  std::vector<uint8_t> own_row;
  if (decoder.info().out_color_space != JCS_RGB)
    own_row.resize(static_cast<size_t>(image.width) * 4);
  uint8_t* row = own_row.empty() ? nullptr : own_row.data();
  decoder.errors().run([&] { decoder.read_rows(image, row); });
  return image;
}

bool is_jpeg(std::span<const std::byte> bytes) { return ByteReader{bytes}.has(0, "\xff\xd8\xff"); }

/// The payload of the first APP1 segment that holds EXIF.
std::span<const std::byte> jpeg_exif(std::span<const std::byte> bytes) {
  using namespace std::string_view_literals;
  constexpr uint32_t app1 = 0xFFE1;
  constexpr uint32_t start_of_scan = 0xFFDA;
  const ByteReader reader{bytes};
  for (size_t at = 2; at + 4 <= bytes.size();) {
    const uint32_t marker = reader.u16(at);
    const uint32_t length = reader.u16(at + 2);
    if (marker < 0xFFC0 || marker == start_of_scan || length < 2) break;
    if (marker == app1 && reader.has(at + 4, "Exif\0"sv) && length >= 8)
      return reader.part(at + 10, length - 8);
    at += 2 + length;
  }
  return {};
}

/// The headers' version, and what the library itself says: the version of its interface, and the
/// years of its copyright.
std::string library() {
  jpeg_error_mgr errors;
  jpeg_std_error(&errors);
  std::string text = "libjpeg ";
#ifdef LIBJPEG_TURBO_VERSION_NUMBER
  text += "turbo " + std::to_string(LIBJPEG_TURBO_VERSION_NUMBER) + " ";
#endif
  return text + errors.jpeg_message_table[JMSG_VERSION] + " " +
         errors.jpeg_message_table[JMSG_COPYRIGHT];
}

constexpr std::string_view extensions[] = {".jpg", ".jpeg", ".jpe", ".jfif"};

}  // namespace

extern const ImageCodec jpeg;
constinit const ImageCodec jpeg{.name = "JPEG",
                                .extensions = extensions,
                                .keras_extensions = std::span(extensions).first(2),
                                .matches = &is_jpeg,
                                .decode = &decode_jpeg,
                                .exif = &jpeg_exif,
                                .library = &library};

}  // namespace thaw::codecs
