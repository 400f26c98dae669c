// Files from anywhere: whatever they hold, decoding gives an image or an Error, soon and in little
// memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "support/image_files.h"
#include "support/seed.h"
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

/// Some of what happens to files: bytes that are others, that are missing, that stand twice, and
/// numbers at the edge of what they may be.
std::string mutated(std::string content, std::mt19937& random) {
  const auto below = [&](size_t count) { return random() % std::max<size_t>(count, 1); };
  for (size_t changes = 1 + below(6); changes > 0 && !content.empty(); --changes) {
    const size_t at = below(content.size());
    const size_t some = std::min(content.size() - at, 1 + below(64));
    switch (below(6)) {
      case 0:
        content[at] = static_cast<char>(random());
        break;
      case 1:
        content[at] = static_cast<char>(content[at] ^ (1 << below(8)));
        break;
      case 2:
        content.erase(at, some);
        break;
      case 3:
        content.insert(below(content.size()), content.substr(at, some));
        break;
      case 4:
        for (size_t i = 0; i < std::min<size_t>(some, 4); ++i)
          content[at + i] = below(2) == 0 ? '\xff' : '\0';
        break;
      default:
        content.resize(content.size() - some / 2);
    }
  }
  return content;
}

/// 450 a format, so that a run has more than 4,000; THAW_MUTATIONS says how many a format.
TEST_P(DamagedImages, mutated_at_random_they_are_refused_or_some_image) {
  const char* asked = std::getenv("THAW_MUTATIONS");
  const int count = asked == nullptr ? 450 : std::stoi(asked);
  const unsigned seed = testing::seed_of_run();
  const std::vector<std::string> names = small_images(GetParam());
  ASSERT_FALSE(names.empty());
  std::mt19937 random(seed);
  for (int i = 0; i < count; ++i) {
    const std::string& name = names[random() % names.size()];
    const std::string changed = mutated(image_bytes(name), random);
    SCOPED_TRACE(name + ", THAW_SEED=" + std::to_string(seed) + ", mutation " + std::to_string(i));
    try {
      const Image image = decode_image(bytes_of(changed), small);
      ASSERT_EQ(image.pixels.size(), static_cast<size_t>(image.width) * image.height * 3);
      ASSERT_LE(int64_t{image.width} * image.height, small.max_pixels);
    } catch (const Error& error) {
      ASSERT_STRNE(error.what(), "");
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
