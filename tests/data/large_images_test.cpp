// Headers that declare more pixels than anyone has.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "support/image_files.h"
#include "thaw/core/error.h"
#include "thaw/data/image.h"

namespace thaw {
namespace {

using namespace std::string_literals;
using testing::big_endian;
using testing::bytes_of;
using testing::crc32;
using testing::image_bytes;
using testing::little_endian;
using testing::patched;

std::string jpeg_of(const std::string& name, uint32_t width, uint32_t height) {
  const std::string content = image_bytes(name);
  size_t frame = content.find("\xff\xc0\0"s);
  if (frame == std::string::npos) frame = content.find("\xff\xc2\0"s);
  return patched(content, frame + 5, big_endian(height, 2) + big_endian(width, 2));
}

std::string png_of(uint32_t width, uint32_t height) {
  std::string content =
      patched(image_bytes("rgb.png"), 16, big_endian(width, 4) + big_endian(height, 4));
  return patched(content, 29, big_endian(crc32(content.substr(12, 17)), 4));
}

std::string gif_of(uint32_t width, uint32_t height) {
  const std::string content = image_bytes("plain.gif");
  const size_t frame = content.find(little_endian(37, 2) + little_endian(29, 2), 10);
  return patched(content, frame, little_endian(width, 2) + little_endian(height, 2));
}

std::string bmp_of(const std::string& name, uint32_t width, uint32_t height) {
  return patched(image_bytes(name), 18, little_endian(width, 4) + little_endian(height, 4));
}

/// The header of an extended WebP file holds the canvas's sides minus 1.
std::string webp_of(uint32_t width, uint32_t height) {
  return patched(image_bytes("animated.webp"), 24,
                 little_endian(width - 1, 3) + little_endian(height - 1, 3));
}

int64_t peak_memory_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

void expect_refused(const std::string& content, const std::string& part) {
  // Decoding one of the test images as it is takes less than 1 MB.
  constexpr int64_t little = 16 << 20;
  const int64_t before = peak_memory_bytes();
  const std::string message = testing::error_of([&] { (void)decode_image(bytes_of(content)); });
  EXPECT_NE(message.find(part), std::string::npos) << "received: " << message;
  EXPECT_LT(peak_memory_bytes() - before, little) << message;
}

TEST(LargeImages, are_refused_before_memory_is_taken) {
  const std::string expected =
      "expected at most 200000000 pixels, received an image that declares 65535×65535: make it "
      "smaller";
  // 65500 is libjpeg's own limit.
  for (const char* name : {"baseline.jpg", "progressive.jpg", "cmyk_adobe.jpg"}) {
    expect_refused(jpeg_of(name, 65500, 65500), "declares 65500×65500");
    expect_refused(jpeg_of(name, 65535, 65535), "damaged or unsupported JPEG: ");
  }
  expect_refused(png_of(65535, 65535), expected);
  expect_refused(gif_of(65535, 65535), expected);
  for (const char* name : {"color24.bmp", "color32.bmp", "palette8.bmp", "palette1.bmp"})
    expect_refused(bmp_of(name, 65535, 65535), expected);
  expect_refused(webp_of(65535, 65535), expected);
}

TEST(LargeImages, sides_that_overflow_are_refused) {
  expect_refused(png_of(0x7fffffff, 0x7fffffff), "damaged or unsupported PNG: ");
  expect_refused(png_of(0xffffffff, 1), "damaged or unsupported PNG: ");
  expect_refused(png_of(1 << 24, 1 << 24), "at most 200000000 pixels");
  for (const uint32_t height : {0x7fffffffU, 0x80000000U, 0x80000001U}) {
    expect_refused(bmp_of("color24.bmp", 0x7fffffff, height), "damaged or unsupported BMP: ");
    expect_refused(bmp_of("color24.bmp", 1, height), "damaged or unsupported BMP: ");
  }
  expect_refused(webp_of(1 << 24, 1 << 24), "damaged or unsupported WebP: ");
}

TEST(LargeImages, without_a_pixel_are_refused) {
  for (const auto& [width, height] : {std::pair<uint32_t, uint32_t>{0, 10}, {10, 0}, {0, 0}}) {
    for (const std::string& content :
         {jpeg_of("baseline.jpg", width, height), png_of(width, height), gif_of(width, height),
          bmp_of("color24.bmp", width, height)})
      expect_refused(content, "damaged or unsupported ");
  }
}

TEST(LargeImages, uncompressed_ones_must_be_in_the_file_before_memory_is_taken) {
  expect_refused(bmp_of("color24.bmp", 12000, 12000), "the file is cut off");
}

TEST(LargeImages, the_limit_is_the_callers) {
  for (const char* name : {"baseline.jpg", "progressive.jpg", "rgb.png", "plain.gif", "color24.bmp",
                           "lossy.webp", "animated.webp"}) {
    const std::string content = image_bytes(name);
    constexpr int64_t pixels = 37 * 29;
    EXPECT_NO_THROW((void)decode_image(bytes_of(content), {.max_pixels = pixels})) << name;
    EXPECT_THROW((void)decode_image(bytes_of(content), {.max_pixels = pixels - 1}), Error) << name;
  }
}

TEST(LargeImages, a_jpeg_of_endless_scans_is_refused) {
  // The first scan of a progressive file, repeated: a few bytes each, but a pass over the whole
  // image. It is marked as complete, so that libjpeg accepts its repetition.
  std::string content = image_bytes("progressive.jpg");
  const size_t scan = content.find("\xff\xda");
  ASSERT_EQ(content.substr(scan + 2, 3), "\0\x0c\x03"s);
  content[scan + 13] = 0;
  size_t end = scan + 14;
  while (content[end] != '\xff' || content[end + 1] == 0) ++end;
  const std::string repeated = content.substr(scan, end - scan);
  std::string hostile = content.substr(0, end);
  for (int i = 0; i < 5000; ++i) hostile += repeated;
  hostile += "\xff\xd9";
  EXPECT_NE(testing::error_of([&] { (void)decode_image(bytes_of(hostile)); }).find("scans"),
            std::string::npos);
}

}  // namespace
}  // namespace thaw
