// Files from anywhere: whatever they hold, decoding gives an image or an Error, soon and in little
// memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "data/image_files.h"
#include "thaw/core/error.h"
#include "thaw/data/image.h"

namespace thaw {
namespace {

using testing::bytes_of;
using testing::image_bytes;

/// More than enough for the test images; keeps damaged headers from asking for much.
constexpr DecodeOptions small{.max_pixels = 1 << 20};

/// The test images of at most a few KB, sorted: larger files would show nothing more.
std::vector<std::string> small_images(std::string_view ending) {
  constexpr uintmax_t most_bytes = 2100;
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(testing::image_path(""))) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(ending) && entry.file_size() <= most_bytes) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

class DamagedImages : public ::testing::TestWithParam<const char*> {};

TEST_P(DamagedImages, cut_off_anywhere_they_are_refused_or_complete) {
  for (const std::string& name : small_images(GetParam())) {
    if (name == "larger_second.gif") continue;  // its canvas is that of the frames that are left
    const std::string content = image_bytes(name);
    const Image whole = decode_image(bytes_of(content), small);
    int refused = 0;
    for (size_t length = 0; length < content.size(); ++length) {
      // A copy of just this length, so that a sanitizer sees any read past it.
      const std::string cut(content.data(), length);
      try {
        const Image image = decode_image(bytes_of(cut), small);
        // Only what comes after the last pixel may be missing.
        ASSERT_EQ(image.pixels, whole.pixels) << name << " cut to " << length << " bytes";
      } catch (const Error& error) {
        ++refused;
      }
    }
    EXPECT_GT(refused, static_cast<int>(content.size() / 4)) << name;
  }
}

TEST_P(DamagedImages, with_any_byte_changed_they_are_refused_or_some_image) {
  for (const std::string& name : small_images(GetParam())) {
    const std::string content = image_bytes(name);
    for (size_t at = 0; at < content.size(); ++at) {
      for (const int mask : {0xFF, 0x01, 0x80}) {
        std::string changed = content;
        changed[at] = static_cast<char>(changed[at] ^ mask);
        try {
          const Image image = decode_image(bytes_of(changed), small);
          ASSERT_EQ(image.pixels.size(), static_cast<size_t>(image.width) * image.height * 3);
          ASSERT_LE(int64_t{image.width} * image.height, small.max_pixels);
        } catch (const Error& error) {
          const std::string message = error.what();
          ASSERT_TRUE(
              message.starts_with("damaged or unsupported ") ||
              message.starts_with("expected an image (BMP, GIF, HEIC/AVIF, JPEG, PNG, TIFF, WebP)"))
              << name << ", byte " << at << ": " << message;
        }
      }
    }
  }
}

TEST_P(DamagedImages, followed_by_rubbish_they_are_what_they_were) {
  for (const std::string& name : small_images(GetParam())) {
    const std::string content = image_bytes(name);
    const std::string longer = content + std::string(1000, '\xA5');
    EXPECT_EQ(decode_image(bytes_of(longer)).pixels, decode_image(bytes_of(content)).pixels)
        << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, DamagedImages,
                         ::testing::Values(".jpg", ".png", ".gif", ".bmp", ".webp", ".heic",
                                           ".avif", ".tif", ".tiff"),
                         [](const auto& format) { return std::string(format.param).substr(1); });

TEST(UnreadableImages, are_named_with_what_was_expected_and_received) {
  const testing::TemporaryFolder folder;
  const auto message = [](const std::filesystem::path& file) {
    return testing::error_of([&] { (void)read_image(file); });
  };
  const auto text = folder.write("text.jpg", "Dear diary");
  EXPECT_EQ(message(text),
            text.string() +
                ": expected an image (BMP, GIF, HEIC/AVIF, JPEG, PNG, TIFF, WebP), received a file "
                "that begins with 44 65 61 72 20 64 69 61: convert or remove it");
  const auto empty = folder.write("empty.png");
  EXPECT_EQ(
      message(empty),
      empty.string() +
          ": expected an image (BMP, GIF, HEIC/AVIF, JPEG, PNG, TIFF, WebP), received an empty "
          "file: convert or remove it");
  const auto cut = folder.write("cut.jpg", image_bytes("baseline.jpg").substr(0, 900));
  EXPECT_TRUE(message(cut).starts_with(cut.string() + ": damaged or unsupported JPEG: "))
      << message(cut);
  const auto missing = folder.path() / "missing.jpg";
  EXPECT_TRUE(message(missing).starts_with(missing.string() + ": ")) << message(missing);
  EXPECT_TRUE(message(folder.path()).starts_with(folder.path().string() + ": "));
}

TEST(UnreadableImages, a_wrong_ending_does_not_matter) {
  const testing::TemporaryFolder folder;
  const auto file = folder.write("really_a_gif.jpg", image_bytes("plain.gif"));
  EXPECT_EQ(read_image(file).width, 37);
}

}  // namespace
}  // namespace thaw
