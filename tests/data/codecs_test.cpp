#include <gtest/gtest.h>

#include <cstdlib>

#include "data/pictures.h"
#include "support/golden_file.h"
#include "thaw/core/error.h"
#include "thaw/data/codec.h"
#include "thaw/data/image.h"

namespace thaw {
namespace {

using testing::bytes_of;
using testing::GoldenFile;
using testing::picture_bytes;

/// The largest difference of any value; pixels are whole numbers, so equal means equal bits.
int largest_difference(const Tensor& expected, const Image& image) {
  int largest = 0;
  for (size_t i = 0; i < image.pixels.size(); ++i)
    largest = std::max(largest, std::abs(image.pixels[i] - static_cast<int>(expected.values()[i])));
  return largest;
}

std::vector<std::string> pictures_of(const GoldenFile& golden, std::string_view ending) {
  std::vector<std::string> names;
  for (const std::string& name : golden.arrays())
    if (name.ends_with(ending)) names.push_back(name);
  return names;
}

void expect_pixels_of_oracle(std::string_view ending, size_t count) {
  const GoldenFile golden("data/pictures.golden.gz");
  const auto names = pictures_of(golden, ending);
  EXPECT_EQ(names.size(), count);
  for (const std::string& name : names) {
    SCOPED_TRACE(name + ", oracle: " + golden.text(name + "/oracle"));
    const std::string content = picture_bytes(name);
    Image image;
    ASSERT_NO_THROW(image = decode_image(bytes_of(content)));
    const Tensor expected = golden.array(name);
    ASSERT_EQ(expected.shape(), (Shape{image.height, image.width, 3}));
    EXPECT_EQ(largest_difference(expected, image), 0);
  }
}

TEST(Codecs, jpegs_of_every_form_have_tensorflows_pixels) { expect_pixels_of_oracle(".jpg", 11); }
TEST(Codecs, pngs_of_every_form_have_tensorflows_pixels) { expect_pixels_of_oracle(".png", 21); }
TEST(Codecs, gifs_of_every_form_have_tensorflows_pixels) { expect_pixels_of_oracle(".gif", 6); }
TEST(Codecs, bmps_have_tensorflows_pixels_and_their_palettes_colours) {
  expect_pixels_of_oracle(".bmp", 9);
}
TEST(Codecs, webps_of_every_form_have_tensorflows_pixels) { expect_pixels_of_oracle(".webp", 5); }

}  // namespace
}  // namespace thaw
