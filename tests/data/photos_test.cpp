// HEIC, AVIF and TIFF, and JPEG under the names that phones give it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "support/golden_file.h"
#include "support/image_files.h"
#include "thaw/core/error.h"
#include "thaw/data/codec.h"
#include "thaw/data/image.h"

namespace thaw {
namespace {

using testing::bytes_of;
using testing::GoldenFile;
using testing::image_bytes;

/// What colours are made of shared chroma with differs by version of libheif. The images are
/// slopes, so that each way to spread chroma gives nearly the same.
int tolerance(const std::string& name) {
  const bool is_heif = name.ends_with(".heic") || name.ends_with(".avif");
  return is_heif ? 6 : 0;
}

void expect_pixels(const GoldenFile& golden, const std::string& name) {
  SCOPED_TRACE(name);
  const std::string content = image_bytes(name);
  Image image;
  ASSERT_NO_THROW(image = decode_image(bytes_of(content)));
  const Tensor expected = golden.array(name);
  ASSERT_EQ(expected.shape(), (Shape{image.height, image.width, 3}));
  int largest = 0;
  double sum = 0;
  for (size_t i = 0; i < image.pixels.size(); ++i) {
    const int difference = image.pixels[i] - static_cast<int>(expected.values()[i]);
    largest = std::max(largest, std::abs(difference));
    sum += std::abs(difference);
  }
  EXPECT_LE(largest, tolerance(name));
  EXPECT_LE(sum / static_cast<double>(image.pixels.size()), tolerance(name) == 0 ? 0 : 2);
}

TEST(Photos, of_every_form_have_their_pixels) {
  const GoldenFile golden("data/photos.golden.gz");
  const auto names = golden.arrays();
  EXPECT_EQ(names.size(), 23U);
  for (const std::string& name : names) expect_pixels(golden, name);
}

TEST(Photos, are_found_by_their_first_bytes) {
  for (const std::string& name : GoldenFile("data/photos.golden.gz").arrays()) {
    const std::string content = image_bytes(name);
    const ImageCodec* codec = codecs::find(bytes_of(content));
    ASSERT_NE(codec, nullptr) << name;
    EXPECT_TRUE(std::ranges::any_of(
        codec->extensions, [&](std::string_view ending) { return name.ends_with(ending); }))
        << name << " is taken for " << codec->name;
  }
}

TEST(Photos, a_film_is_no_photo) {
  std::string content = image_bytes("photo.heic");
  const size_t brands = content.find("ftyp") + 4;
  const size_t end = static_cast<uint8_t>(content[3]);
  for (size_t at = brands; at + 4 <= end; at += 4)
    if (at != brands + 4) content.replace(at, 4, "mp42");
  EXPECT_EQ(codecs::find(bytes_of(content)), nullptr);
}

TEST(Photos, a_heics_turn_is_part_of_its_pixels_and_not_done_again) {
  const std::string content = image_bytes("turned.heic");
  const Image image = decode_image(bytes_of(content));
  EXPECT_EQ(image.width, 48);
  EXPECT_EQ(image.height, 64);
  EXPECT_EQ(decode_image(bytes_of(content), {.apply_orientation = false}).pixels, image.pixels);
}

TEST(Photos, a_tiffs_orientation_is_ignored_where_exifs_is) {
  const std::string content = image_bytes("orientation6.tif");
  const std::string plain = image_bytes("plain.tif");
  EXPECT_EQ(decode_image(bytes_of(content), {.apply_orientation = false}).pixels,
            decode_image(bytes_of(plain)).pixels);
}

TEST(Photos, a_preview_in_a_raw_file_is_refused) {
  const std::string content = image_bytes("preview.dng");
  const std::string message = testing::error_of([&] { (void)decode_image(bytes_of(content)); });
  EXPECT_NE(message.find("received a preview of one"), std::string::npos) << message;
}

TEST(Photos, past_the_limit_of_pixels_are_refused) {
  for (const char* name : {"photo.heic", "photo.avif", "turned.heic"}) {
    const std::string content = image_bytes(name);
    EXPECT_NO_THROW((void)decode_image(bytes_of(content), {.max_pixels = 64 * 64})) << name;
    EXPECT_THROW((void)decode_image(bytes_of(content), {.max_pixels = 64 * 48 - 1}), Error) << name;
  }
  const std::string content = image_bytes("lzw.tif");
  EXPECT_NO_THROW((void)decode_image(bytes_of(content), {.max_pixels = 37 * 29}));
  EXPECT_THROW((void)decode_image(bytes_of(content), {.max_pixels = 37 * 29 - 1}), Error);
}

}  // namespace
}  // namespace thaw
