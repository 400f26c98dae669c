#include <gtest/gtest.h>

#include "support/golden_file.h"
#include "support/image_files.h"
#include "thaw/data/exif.h"
#include "thaw/data/image.h"

namespace thaw {
namespace {

using namespace std::string_literals;
using testing::big_endian;
using testing::bytes_of;
using testing::GoldenFile;
using testing::image_bytes;
using testing::little_endian;

void expect_image(const Image& image, const Tensor& expected, const std::string& what) {
  ASSERT_EQ(expected.shape(), (Shape{image.height, image.width, 3})) << what;
  const std::vector<float> pixels(image.pixels.begin(), image.pixels.end());
  const Tensor received = Tensor::from(expected.shape(), std::span(pixels));
  const auto difference = testing::difference(expected, received);
  EXPECT_EQ(difference.largest, 0) << what << ": " << difference.to_string();
}

std::vector<std::string> oriented_images(const GoldenFile& golden) {
  std::vector<std::string> names;
  for (const std::string& name : golden.arrays())
    if (name.ends_with("/upright")) names.push_back(name.substr(0, name.find('/')));
  return names;
}

TEST(Orientation, all_eight_come_out_upright_in_every_format_that_holds_one) {
  const GoldenFile golden("data/orientations.golden.gz");
  const auto names = oriented_images(golden);
  EXPECT_EQ(names.size(), 10U);
  for (const std::string& name : names) {
    const std::string content = image_bytes(name);
    expect_image(decode_image(bytes_of(content)), golden.array(name + "/upright"), name);
  }
}

TEST(Orientation, switched_off_the_pixels_stay_as_keras_reads_them) {
  const GoldenFile golden("data/orientations.golden.gz");
  for (const std::string& name : oriented_images(golden)) {
    const std::string content = image_bytes(name);
    const Image image = decode_image(bytes_of(content), {.apply_orientation = false});
    expect_image(image, golden.array(name + "/as_stored"), name);
  }
}

/// A TIFF block whose only entry is `tag` with `value`.
std::string tiff(bool is_big_endian, uint32_t tag, uint32_t value) {
  const auto number = [&](uint32_t x, int bytes) {
    return is_big_endian ? big_endian(x, bytes) : little_endian(x, bytes);
  };
  constexpr uint32_t short_type = 3;
  return (is_big_endian ? "MM"s : "II"s) + number(42, 2) + number(8, 4) + number(1, 2) +
         number(tag, 2) + number(short_type, 2) + number(1, 4) + number(value, 2) + number(0, 2) +
         number(0, 4);
}

constexpr uint32_t orientation_tag = 0x0112;

TEST(Orientation, is_read_in_both_byte_orders) {
  for (const bool is_big_endian : {false, true}) {
    for (uint32_t value = 1; value <= 8; ++value) {
      const std::string block = tiff(is_big_endian, orientation_tag, value);
      EXPECT_EQ(exif_orientation(bytes_of(block)), static_cast<int>(value)) << is_big_endian;
    }
  }
}

TEST(Orientation, values_that_exif_does_not_know_are_upright) {
  for (const uint32_t value : {0U, 9U, 255U, 65535U})
    EXPECT_EQ(exif_orientation(bytes_of(tiff(true, orientation_tag, value))), 1) << value;
  EXPECT_EQ(exif_orientation(bytes_of(tiff(true, 0x0111, 6))), 1) << "another tag";
}

TEST(Orientation, damaged_exif_is_ignored) {
  const std::string whole = tiff(true, orientation_tag, 6);
  const size_t value_end = whole.size() - 6;
  for (size_t length = 0; length < value_end; ++length) {
    const std::string cut = whole.substr(0, length);
    EXPECT_EQ(exif_orientation(bytes_of(cut)), 1) << "cut to " << length << " bytes";
  }
  const auto damaged = [&](size_t at, std::string_view part) {
    return exif_orientation(bytes_of(testing::patched(whole, at, part)));
  };
  EXPECT_EQ(damaged(0, "XX"), 1) << "unknown byte order";
  EXPECT_EQ(damaged(4, "\xff\xff\xff\xff"), 1) << "the directory lies outside";
  EXPECT_EQ(damaged(4, "\xff\xff\xff\xfe"), 1) << "the directory lies outside";
  EXPECT_EQ(damaged(8, "\xff\xff"), 6) << "more entries are told than there are";
}

std::string with_exif(const std::string& jpeg, const std::string& block) {
  const std::string payload = "Exif\0\0"s + block;
  const auto length = static_cast<uint32_t>(payload.size() + 2);
  return jpeg.substr(0, 2) + "\xff\xe1" + big_endian(length, 2) + payload + jpeg.substr(2);
}

TEST(Orientation, a_jpeg_with_damaged_exif_is_read_as_if_it_had_none) {
  const std::string plain = image_bytes("chroma_420.jpg");
  const Image expected = decode_image(bytes_of(plain));
  const std::string turned = with_exif(plain, tiff(false, orientation_tag, 6));
  EXPECT_EQ(decode_image(bytes_of(turned)).width, expected.height) << "the undamaged block works";
  for (const std::string& block : {""s, "II"s, "rubbish"s, std::string(60000, '\xff'),
                                   tiff(false, orientation_tag, 6).substr(0, 16)}) {
    const std::string content = with_exif(plain, block);
    const Image image = decode_image(bytes_of(content));
    EXPECT_EQ(image.width, expected.width) << block.size();
    EXPECT_EQ(image.pixels, expected.pixels) << block.size();
  }
}

}  // namespace
}  // namespace thaw
