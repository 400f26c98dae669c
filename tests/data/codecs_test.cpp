#include <gtest/gtest.h>

#include <algorithm>
#include <array>
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

/// The largest difference of any value; pixels are whole numbers, so equal means equal bits.
int largest_difference(const Tensor& expected, const Image& image) {
  int largest = 0;
  for (size_t i = 0; i < image.pixels.size(); ++i)
    largest = std::max(largest, std::abs(image.pixels[i] - static_cast<int>(expected.values()[i])));
  return largest;
}

std::vector<std::string> images_of(const GoldenFile& golden, std::string_view ending) {
  std::vector<std::string> names;
  for (const std::string& name : golden.arrays())
    if (name.ends_with(ending)) names.push_back(name);
  return names;
}

void expect_pixels_of_oracle(std::string_view ending, size_t count) {
  const GoldenFile golden("data/pictures.golden.gz");
  const auto names = images_of(golden, ending);
  EXPECT_EQ(names.size(), count);
  for (const std::string& name : names) {
    SCOPED_TRACE(name + ", oracle: " + golden.text(name + "/oracle"));
    const std::string content = image_bytes(name);
    Image image;
    ASSERT_NO_THROW(image = decode_image(bytes_of(content)));
    const Tensor expected = golden.array(name);
    ASSERT_EQ(expected.shape(), (Shape{image.height, image.width, 3}));
    EXPECT_EQ(largest_difference(expected, image), 0);
  }
}

TEST(Codecs, jpegs_of_every_form_have_tensorflows_pixels) { expect_pixels_of_oracle(".jpg", 11); }
TEST(Codecs, pngs_of_every_form_have_tensorflows_pixels) { expect_pixels_of_oracle(".png", 21); }
TEST(Codecs, gifs_of_every_form_have_tensorflows_pixels) { expect_pixels_of_oracle(".gif", 8); }
TEST(Codecs, bmps_have_tensorflows_pixels_and_their_palettes_colours) {
  expect_pixels_of_oracle(".bmp", 9);
}
TEST(Codecs, webps_of_every_form_have_tensorflows_pixels) { expect_pixels_of_oracle(".webp", 5); }

TEST(Codecs, each_finds_its_own_files_by_their_first_bytes) {
  const GoldenFile golden("data/pictures.golden.gz");
  for (const std::string& name : golden.arrays()) {
    const std::string content = image_bytes(name);
    const ImageCodec* codec = codecs::find(bytes_of(content));
    ASSERT_NE(codec, nullptr) << name;
    EXPECT_NE(std::ranges::find_if(codec->extensions,
                                   [&](std::string_view ending) { return name.ends_with(ending); }),
              codec->extensions.end())
        << name << " is taken for " << codec->name;
  }
}

TEST(Codecs, a_jpeg_may_be_decoded_smaller_but_not_below_the_side_asked_for) {
  const std::string content = image_bytes("larger.jpg");  // 131×97
  for (const auto& [side, width, height] :
       {std::array{1, 17, 13}, std::array{13, 33, 25}, std::array{12, 17, 13},
        std::array{48, 66, 49}, std::array{97, 131, 97}, std::array{500, 131, 97},
        std::array{0, 131, 97}}) {
    const Image image = decode_image(bytes_of(content), {.shortest_side = side});
    EXPECT_EQ(image.width, width) << side;
    EXPECT_EQ(image.height, height) << side;
    EXPECT_GE(image.height, std::min(side, 97)) << side;
  }
}

TEST(Codecs, a_jpeg_decoded_smaller_shows_the_same_image) {
  const std::string content = image_bytes("larger.jpg");
  const Image whole = decode_image(bytes_of(content));
  const Image half = decode_image(bytes_of(content), {.shortest_side = 48});
  double sum = 0;
  for (int y = 0; y < 48; ++y) {
    for (int i = 0; i < 65 * 3; ++i) {
      const int x = i / 3 * 6 + i % 3;
      const int mean = (whole.row(2 * y)[x] + whole.row(2 * y)[x + 3] + whole.row(2 * y + 1)[x] +
                        whole.row(2 * y + 1)[x + 3]) /
                       4;
      sum += std::abs(half.row(y)[i] - mean);
    }
  }
  // Another transform of the same coefficients: close, where a shifted image would differ by 30.
  EXPECT_LT(sum / (48 * 65 * 3), 6);
}

TEST(Codecs, other_formats_keep_their_size_whatever_side_is_asked_for) {
  for (const char* name : {"rgb.png", "plain.gif", "color24.bmp", "lossy.webp"}) {
    const std::string content = image_bytes(name);
    EXPECT_EQ(decode_image(bytes_of(content), {.shortest_side = 4}).width, 37) << name;
  }
}

}  // namespace
}  // namespace thaw
