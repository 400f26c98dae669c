// Real images that are no part of the project; skipped where they are absent.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/golden_file.h"
#include "support/image_files.h"
#include "thaw/core/files.h"
#include "thaw/core/threads.h"
#include "thaw/data/image_dataset.h"
#include "thaw/data/split.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

class SharedImages : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string given = environment("THAW_SHARED");
    const fs::path shared =
        given.empty() ? fs::path(THAW_SOURCE_FOLDER) / "../shared" : fs::path(given);
    images = shared / "images";
    if (!fs::exists(images / "trashnet") || !fs::exists(images / "sign-digits"))
      GTEST_SKIP() << images << " holds no trashnet and sign-digits";
  }
  fs::path images;
};

/// The CRC-32 of the files' names below the folder, one a line.
uint32_t checksum(const ImageFolder& listing, const fs::path& folder,
                  const std::vector<int64_t>& indices) {
  std::string lines;
  for (const int64_t i : indices)
    lines += listing.files[static_cast<size_t>(i)].lexically_relative(folder).string() + '\n';
  return testing::crc32(lines);
}

TEST_F(SharedImages, trashnet_splits_as_in_keras) {
  const testing::GoldenFile golden("data/trashnet.golden.gz");
  const fs::path folder = images / "trashnet";
  const ImageFolder listing = list_image_folder(folder, {.only_keras_formats = true});
  ASSERT_EQ(listing.files.size(), 2527U);
  const Split split = keras_split(static_cast<int64_t>(listing.files.size()), 0.2, 1);
  for (const auto& [name, part] :
       {std::pair{"training/", &split.training}, std::pair{"validation/", &split.validation}}) {
    const std::string prefix = name;
    ASSERT_EQ(static_cast<int64_t>(part->size()), golden.number(prefix + "count"));
    const auto file = [&](int64_t i) {
      return listing.files[static_cast<size_t>(i)].lexically_relative(folder).string();
    };
    EXPECT_EQ(file(part->front()), golden.text(prefix + "first"));
    EXPECT_EQ(file(part->back()), golden.text(prefix + "last"));
    EXPECT_EQ(checksum(listing, folder, *part), golden.number(prefix + "crc32"));
  }
}

TEST_F(SharedImages, trashnet_has_tensorflows_pixels) {
  const testing::GoldenFile golden("data/trashnet.golden.gz");
  const ImageFolder listing = list_image_folder(images / "trashnet");
  std::string pixels;
  for (size_t i = 0; i < listing.files.size(); i += 20) {
    const Image image = read_image(listing.files[i], {.apply_orientation = false});
    pixels.append(image.pixels.begin(), image.pixels.end());
  }
  EXPECT_EQ(testing::crc32(pixels), golden.number("pixels/crc32"));
}

TEST_F(SharedImages, the_camera_originals_among_the_sign_digits_decode) {
  int originals = 0;
  for (const auto& entry : fs::directory_iterator(images / "sign-digits/7")) {
    if (entry.file_size() < 500000) continue;
    ++originals;
    const Image image = read_image(entry.path());
    EXPECT_GT(int64_t{image.width} * image.height, 1000000) << entry.path();
    // An image decoded to its end has no evenly grey last row.
    const uint8_t* last = image.row(image.height - 1);
    const std::set<uint8_t> values(last, last + std::ptrdiff_t{image.width} * 3);
    EXPECT_GT(values.size(), 8U) << entry.path();
    const Image reduced = read_image(entry.path(), {.shortest_side = 224});
    EXPECT_GE(std::min(reduced.width, reduced.height), 224) << entry.path();
    EXPECT_LT(int64_t{reduced.width} * reduced.height, int64_t{image.width} * image.height / 4);
  }
  EXPECT_EQ(originals, 3);
}

TEST_F(SharedImages, all_images_load) {
  Threads threads;
  for (const auto& [name, count] : {std::pair{"trashnet", 2527}, std::pair{"sign-digits", 2062}}) {
    const ImageDataset data(list_image_folder(images / name),
                            {.size = {.height = 32, .width = 32}});
    EXPECT_EQ(data.size(), count) << name;
    threads.for_each(data.size(), [&](int64_t i) {
      std::vector<float> values(32 * 32 * 3, -1.0F);
      data.load(i, values);
      const auto [low, high] = std::ranges::minmax(values);
      EXPECT_TRUE(low >= 0 && high <= 255 && high > low) << data.file(i);
    });
  }
}

}  // namespace
}  // namespace thaw
