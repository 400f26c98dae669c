#include "thaw/data/resize.h"

#include <gtest/gtest.h>

#include "support/golden_file.h"

namespace thaw {
namespace {

using testing::GoldenFile;

Image image_of(const Tensor& values) {
  Image image{static_cast<int>(values.shape()[1]), static_cast<int>(values.shape()[0]), {}};
  for (const float value : values.values()) image.pixels.push_back(static_cast<uint8_t>(value));
  return image;
}

std::vector<float> resized(const Image& image, const ResizeOptions& options) {
  std::vector<float> out(static_cast<size_t>(options.height) * options.width * 3, -1.0F);
  resize(image, options, out);
  return out;
}

/// The arithmetic is TensorFlow's, so values are equal to the bit unless a compiler fuses a
/// multiplication and an addition: four units in the last place of 255.
constexpr float tolerance = 4 * 0x1p-16F;

/// Compares all golden cases of one aspect ratio; returns how many there were.
int expect_sizes_of_keras(const char* way, AspectRatio aspect_ratio) {
  const GoldenFile golden("data/resize.golden.gz");
  int compared = 0;
  for (int64_t i = 0; i < golden.number("cases"); ++i) {
    const std::string prefix = "case" + std::to_string(i) + "/";
    if (!golden.has(prefix + way)) continue;
    ++compared;
    const ResizeOptions options{.height = static_cast<int>(golden.number(prefix + "height")),
                                .width = static_cast<int>(golden.number(prefix + "width")),
                                .aspect_ratio = aspect_ratio};
    const auto values = resized(image_of(golden.array(prefix + "source")), options);
    const auto step = static_cast<size_t>(golden.number(prefix + "step"));
    std::vector<float> kept;
    for (size_t k = 0; k < values.size(); k += step) kept.push_back(values[k]);
    const Tensor expected = golden.array(prefix + way);
    const auto difference =
        testing::difference(expected, Tensor::from(expected.shape(), std::span<const float>(kept)));
    EXPECT_LE(difference.largest, tolerance)
        << prefix << way << ": " << golden.shape(prefix + "source").to_string() << " to "
        << options.height << "×" << options.width << ": " << difference.to_string();
  }
  return compared;
}

TEST(Resize, stretching_gives_kerass_values) {
  EXPECT_EQ(expect_sizes_of_keras("stretch", AspectRatio::stretch), 18);
}

TEST(Resize, cropping_to_the_ratio_gives_kerass_values) {
  EXPECT_EQ(expect_sizes_of_keras("crop", AspectRatio::crop), 18);
}

TEST(Resize, padding_to_the_ratio_gives_kerass_values) {
  EXPECT_EQ(expect_sizes_of_keras("pad", AspectRatio::pad), 13);
}

/// TensorFlow looks the weights of its bicubic without antialiasing up in a table of 1024 steps.
float tolerance_of(ResizeInterpolation interpolation) {
  return interpolation == ResizeInterpolation::bicubic ? 0.5F : 0.01F;
}

TEST(Resize, interpolates_as_tensorflow_does) {
  const GoldenFile golden("data/filters.golden.gz");
  ASSERT_EQ(golden.number("cases"), 5);
  for (int64_t i = 0; i < golden.number("cases"); ++i) {
    const std::string prefix = "case" + std::to_string(i) + "/";
    const Image image = image_of(golden.array(prefix + "source"));
    for (const auto& [interpolation, name] : enum_names(ResizeInterpolation())) {
      if (interpolation == ResizeInterpolation::bilinear) continue;
      const Tensor expected = golden.array(prefix + name);
      const auto values = resized(image, {.height = static_cast<int>(expected.shape()[0]),
                                          .width = static_cast<int>(expected.shape()[1]),
                                          .interpolation = interpolation});
      const auto difference =
          testing::difference(expected, Tensor::from(expected.shape(), std::span(values)));
      EXPECT_LE(difference.largest, tolerance_of(interpolation))
          << prefix << name << ": " << difference.to_string();
    }
  }
}

/// timm: the short side to 8/0.8 = 10, then the middle 8×8. Of a 20×30 image that is its middle
/// 16×16, halved.
TEST(Resize, keeps_the_middle_that_the_crop_fraction_says) {
  Image image{30, 20, std::vector<uint8_t>(size_t{30} * 20 * 3, 0)};
  Image middle{16, 16, {}};
  for (size_t y = 0; y < 20; ++y) {
    for (size_t x = 0; x < 30; ++x) {
      for (size_t c = 0; c < 3; ++c) {
        const auto value = static_cast<uint8_t>(x * 7 + y * 5 + c);
        image.pixels[(y * 30 + x) * 3 + c] = value;
        if (x >= 7 && x < 23 && y >= 2 && y < 18) middle.pixels.push_back(value);
      }
    }
  }
  for (const auto& [interpolation, name] : enum_names(ResizeInterpolation())) {
    EXPECT_EQ(resized(image, {.height = 8,
                              .width = 8,
                              .aspect_ratio = AspectRatio::crop,
                              .interpolation = interpolation,
                              .crop_fraction = 0.8}),
              resized(middle, {.height = 8, .width = 8, .interpolation = interpolation}))
        << name;
  }
}

}  // namespace
}  // namespace thaw
