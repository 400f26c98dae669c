#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/image_files.h"
#include "thaw/core/random.h"
#include "thaw/core/threads.h"
#include "thaw/data/array_dataset.h"
#include "thaw/data/augment/augmented_dataset.h"
#include "thaw/data/augment/view.h"
#include "thaw/data/image_dataset.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using Pixels = std::vector<float>;

struct Size {
  int height;
  int width;
};
constexpr Size sizes[] = {{1, 1}, {1, 7}, {5, 1}, {2, 2}, {8, 6}, {17, 32}};

Pixels noise(Size size, uint64_t seed) {
  Random random(seed);
  Pixels pixels(static_cast<size_t>(size.height) * static_cast<size_t>(size.width) * 3);
  for (float& value : pixels) value = random.uniform(0, 255);
  return pixels;
}

Pixels placed(const Pixels& pixels, Size size, const Placement& placement) {
  Pixels out(pixels.size());
  place(pixels, size.height, size.width, placement, out);
  return out;
}

Pixels recoloured(Pixels pixels, const Colour& colour) {
  recolour(pixels, colour);
  return pixels;
}

Pixels shown(const View& view, const Pixels& pixels, Size size) {
  Pixels out(pixels.size());
  show(view, pixels, size.height, size.width, out);
  return out;
}

/// Some of each kind, extremes among them.
std::vector<Placement> placements() {
  std::vector<Placement> result{{.zoom = 0.8F, .shift_x = 0.1F, .shift_y = -0.1F},
                                {.degrees = 10},
                                {.degrees = 90},
                                {.degrees = -179, .flip = true},
                                {.zoom = 3, .shift_x = 5, .shift_y = -9, .degrees = 33}};
  for (uint64_t number = 1; number < 20; ++number)
    result.push_back(seeded_view(3, {1, 2}, number).placement);
  return result;
}

TEST(Augment, without_a_change_leaves_every_bit) {
  for (const Size size : sizes) {
    const Pixels pixels = noise(size, 1);
    EXPECT_EQ(placed(pixels, size, {}), pixels) << size.height << "x" << size.width;
    EXPECT_EQ(recoloured(pixels, {}), pixels) << size.height << "x" << size.width;
    EXPECT_EQ(shown({}, pixels, size), pixels) << size.height << "x" << size.width;
  }
}

TEST(Augment, flips_left_and_right_and_back_again) {
  const Pixels pixels = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18};
  EXPECT_EQ(placed(pixels, {2, 3}, {.flip = true}),
            (Pixels{7, 8, 9, 4, 5, 6, 1, 2, 3, 16, 17, 18, 13, 14, 15, 10, 11, 12}));
  for (const Size size : sizes) {
    const Pixels noisy = noise(size, 2);
    const Pixels once = placed(noisy, size, {.flip = true});
    EXPECT_EQ(placed(once, size, {.flip = true}), noisy);
    EXPECT_EQ(shown(flipped_view(1), noisy, size), once);
    EXPECT_EQ(shown(flipped_view(0), noisy, size), noisy);
  }
}

TEST(Augment, moves_an_image_by_whole_pixels_and_mirrors_it_at_the_edge) {
  const Pixels row = {0, 0, 0, 10, 10, 10, 20, 20, 20, 30, 30, 30};
  EXPECT_EQ(placed(row, {1, 4}, {.shift_x = 0.5F}),
            (Pixels{20, 20, 20, 30, 30, 30, 30, 30, 30, 20, 20, 20}));
  EXPECT_EQ(placed(row, {1, 4}, {.shift_x = -0.25F}),
            (Pixels{0, 0, 0, 0, 0, 0, 10, 10, 10, 20, 20, 20}));
}

TEST(Augment, shows_a_part_of_the_image_enlarged) {
  // Of pixels 0 … 4 the middle half: c + ½·(x − c) with c = 2.
  const Pixels row = {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4};
  EXPECT_EQ(placed(row, {1, 5}, {.zoom = 0.5F}),
            (Pixels{1, 1, 1, 1.5, 1.5, 1.5, 2, 2, 2, 2.5, 2.5, 2.5, 3, 3, 3}));
}

TEST(Augment, turns_by_a_quarter) {
  // What is shown at the right comes from below: the image turns counterclockwise.
  const Size size{3, 3};
  const Pixels pixels = noise(size, 3);
  const Pixels turned = placed(pixels, size, {.degrees = 90});
  for (size_t y = 0; y < 3; ++y) {
    for (size_t x = 0; x < 3; ++x) {
      for (size_t c = 0; c < 3; ++c) {
        // The cosine of 90° is 4e-8 in float: of 255, that is less than 1e-4.
        EXPECT_NEAR(turned[(y * 3 + x) * 3 + c], pixels[(x * 3 + (2 - y)) * 3 + c], 1e-4)
            << x << ' ' << y;
      }
    }
  }
}

TEST(Augment, leaves_a_constant_image_constant_wherever_it_is_placed) {
  for (const Size size : sizes) {
    for (const float value : {0.0F, 0.1F, 77.7F, 255.0F}) {
      const Pixels pixels(noise(size, 1).size(), value);
      for (const Placement& placement : placements())
        EXPECT_EQ(placed(pixels, size, placement), pixels) << value << " " << placement.degrees;
    }
  }
}

TEST(Augment, keeps_pixels_between_0_and_255) {
  for (const Size size : sizes) {
    Pixels pixels = noise(size, 4);
    for (float& value : pixels) value = value < 128 ? 0.0F : 255.0F;
    for (uint64_t number = 0; number < 30; ++number) {
      const Pixels view = shown(seeded_view(7, {3, 4}, number), pixels, size);
      const auto [low, high] = std::ranges::minmax(view);
      EXPECT_GE(low, 0.0F);
      EXPECT_LE(high, 255.0F);
    }
    const Pixels bright = recoloured(pixels, {.brightness = 300, .contrast = 9, .saturation = 9});
    EXPECT_LE(std::ranges::max(bright), 255.0F);
  }
}

TEST(Augment, changes_colours_as_the_formula_says) {
  const Pixels pixels = {100, 50, 200, 30, 60, 90};
  const auto grey = [](float r, float g, float b) { return 0.299F * r + 0.587F * g + 0.114F * b; };
  const float first = grey(100, 50, 200);
  const float mean = (first + grey(30, 60, 90)) / 2;
  // Tolerance: rounding at numbers below 256, 2^-16 each, a few of them.
  EXPECT_NEAR(recoloured(pixels, {.brightness = -7})[2], 193, 1e-4);
  EXPECT_NEAR(recoloured(pixels, {.contrast = 0.5F})[2], mean + 0.5F * (200 - mean), 1e-4);
  EXPECT_NEAR(recoloured(pixels, {.saturation = 0.5F})[1], first + 0.5F * (50 - first), 1e-4);
  const Pixels none = recoloured(pixels, {.saturation = 0});
  EXPECT_NEAR(none[0], none[1], 1e-4);
  EXPECT_NEAR(none[1], none[2], 1e-4);
}

TEST(Augment, makes_of_a_grey_image_what_it_makes_of_three_equal_channels) {
  for (const Size size : sizes) {
    const Pixels all = noise(size, 6);
    const Pixels grey(all.begin(), all.begin() + size.height * size.width);
    Pixels coloured;
    for (const float value : grey) coloured.insert(coloured.end(), 3, value);
    std::vector<View> views{flipped_view(1), {.colour = {.brightness = -40, .contrast = 3}}};
    for (const Placement& placement : placements()) views.push_back({.placement = placement});
    for (uint64_t number = 0; number < 8; ++number) views.push_back(seeded_view(2, {1, 1}, number));
    for (const View& view : views) {
      const Pixels expected = shown(view, coloured, size);
      const Pixels received = shown(view, grey, size);
      // 0.299 + 0.587 + 0.114 is 1 up to rounding, of a number below 256, and three times that.
      for (size_t i = 0; i < received.size(); ++i)
        EXPECT_NEAR(received[i], expected[3 * i + 1], 2e-4) << i << " of " << size.width;
    }
  }
}

TEST(Augment, of_a_grey_dataset_has_the_shape_of_its_images) {
  for (const Shape& shape : {Shape{6, 5, 1}, Shape{6, 5}}) {
    Tensor x(shape.with_batch(2));
    for (int64_t i = 0; i < x.shape().elements(); ++i) x.data()[i] = static_cast<float>(i * 4);
    const ArrayDataset images(x, {0, 1});
    const AugmentedDataset seeded(images, {.views = 4});
    EXPECT_EQ(seeded.input_shape(), shape);
    EXPECT_EQ(seeded.size(), 8);
    Pixels unaltered(30);
    Pixels view(30);
    images.load(1, unaltered);
    seeded.load(4, view);
    EXPECT_EQ(view, unaltered) << "view 0 of image 1";
    seeded.load(5, view);
    EXPECT_NE(view, unaltered);
    const RandomlyAugmentedDataset random(images, 1);
    const auto epoch = random.at_epoch(1, 0);
    epoch->load(1, view);
    EXPECT_NE(view, unaltered);
  }
}

TEST(Augment, draws_a_view_from_seed_image_and_number_alone) {
  const Size size{17, 32};
  const Pixels pixels = noise(size, 5);
  EXPECT_EQ(shown(seeded_view(1, {5, 6}, 0), pixels, size), pixels);
  std::set<Pixels> seen;
  for (const uint64_t seed : {1, 2}) {
    for (const uint64_t image : {5, 6}) {
      for (uint64_t number = 1; number < 6; ++number) {
        const View view = seeded_view(seed, {image, 6}, number);
        const Pixels once = shown(view, pixels, size);
        EXPECT_EQ(shown(seeded_view(seed, {image, 6}, number), pixels, size), once);
        EXPECT_TRUE(seen.insert(once).second) << seed << ' ' << image << ' ' << number;
      }
    }
  }
}

TEST(Augment, views_differ_within_bounds) {
  int flips = 0;
  for (uint64_t number = 1; number <= 1000; ++number) {
    const View view = seeded_view(1, {1, 1}, number);
    const Placement& p = view.placement;
    EXPECT_GE(p.zoom, 0.8F);
    EXPECT_LE(p.zoom, 1.0F);
    EXPECT_LE(std::abs(p.shift_x) + p.zoom / 2, 0.50001F) << "the part lies in the image";
    EXPECT_LE(std::abs(p.shift_y) + p.zoom / 2, 0.50001F);
    EXPECT_LE(std::abs(p.degrees), 10.0F);
    EXPECT_LE(std::abs(view.colour.brightness), 25.5F);
    EXPECT_LE(std::abs(view.colour.contrast - 1), 0.20001F);
    EXPECT_LE(std::abs(view.colour.saturation - 1), 0.20001F);
    flips += p.flip ? 1 : 0;
  }
  EXPECT_NEAR(flips, 500, 64) << "four standard deviations of 16";
}

/// Three images of 6×5.
ArrayDataset three_images() {
  Tensor x({3, 6, 5, 3});
  std::ranges::copy(noise({18, 5}, 9), x.data());
  return {x, std::vector<int64_t>{0, 1, 2}};
}

Pixels loaded(const Dataset& data, int64_t index) {
  Pixels values(static_cast<size_t>(data.input_shape().elements()));
  data.load(index, values);
  return values;
}

TEST(AugmentedDataset, has_the_views_of_an_image_side_by_side_the_plain_one_first) {
  const ArrayDataset images = three_images();
  const AugmentedDataset data(images, {.views = 4, .seed = 3});
  EXPECT_EQ(data.size(), 12);
  EXPECT_EQ(data.views(), 4);
  std::set<Pixels> seen;
  std::set<std::string> keys;
  for (int64_t i = 0; i < 12; ++i) {
    EXPECT_EQ(data.label(i), i / 4);
    if (i % 4 == 0) {
      EXPECT_EQ(loaded(data, i), loaded(images, i / 4));
      EXPECT_EQ(data.content_key(i), images.content_key(i / 4));
    }
    EXPECT_EQ(loaded(data, i), loaded(data, i));
    seen.insert(loaded(data, i));
    keys.insert(data.content_key(i));
  }
  EXPECT_EQ(seen.size(), 12U);
  EXPECT_EQ(keys.size(), 12U);
}

TEST(AugmentedDataset, of_more_views_goes_on_with_those_of_fewer) {
  const ArrayDataset images = three_images();
  const AugmentedDataset few(images, {.views = 2, .seed = 3});
  const AugmentedDataset more(images, {.views = 5, .seed = 3});
  const AugmentedDataset other(images, {.views = 5, .seed = 4});
  EXPECT_EQ(loaded(few, 3), loaded(more, 6));
  EXPECT_EQ(few.content_key(3), more.content_key(6));
  EXPECT_NE(loaded(more, 6), loaded(other, 6));
  EXPECT_NE(more.content_key(6), other.content_key(6));
}

TEST(AugmentedDataset, flipped_has_the_mirror_image) {
  const ArrayDataset images = three_images();
  const AugmentedDataset data(images, {.kind = Views::flipped, .views = 2});
  EXPECT_EQ(loaded(data, 5), placed(loaded(images, 2), {6, 5}, {.flip = true}));
  EXPECT_NE(data.content_key(5), data.content_key(4));
}

TEST(AugmentedDataset, preprocesses_after_augmenting) {
  const ImageFolder folder{{"a"}, {testing::image_path("baseline.jpg")}, {0}};
  const ImageOptions plain{.size = {.height = 24, .width = 20}};
  ImageOptions form = plain;
  form.preprocessing = preprocessing("caffe");
  const ImageDataset pixels(folder, plain);
  const ImageDataset images(folder, form);
  const AugmentedDataset of_pixels(pixels, {.views = 3});
  const AugmentedDataset data(images, {.views = 3});
  EXPECT_EQ(data.content_key(0), images.content_key(0));
  for (int64_t view = 0; view < 3; ++view) {
    Pixels expected = loaded(of_pixels, view);
    form.preprocessing.apply(expected);
    EXPECT_EQ(loaded(data, view), expected) << view;
    EXPECT_NE(data.content_key(view), of_pixels.content_key(view));
  }
}

TEST(AugmentedDataset, gives_the_same_bits_to_several_threads) {
  Tensor x({40, 6, 5, 3});
  std::ranges::copy(noise({240, 5}, 9), x.data());
  const ArrayDataset images(x, std::vector<int64_t>(40));
  const AugmentedDataset data(images, {.views = 5});
  std::vector<Pixels> expected;
  for (int64_t i = 0; i < data.size(); ++i) expected.push_back(loaded(data, i));
  std::vector<char> equal(expected.size());
  Threads threads(8);
  threads.for_each(data.size(), [&](int64_t i) {
    equal[static_cast<size_t>(i)] = loaded(data, i) == expected[static_cast<size_t>(i)] ? 1 : 0;
  });
  EXPECT_EQ(std::ranges::count(equal, 1), 200);
}

TEST(AugmentedDataset, tells_why_an_image_cannot_be_read_whatever_the_view) {
  const testing::TemporaryFolder folder;
  const ImageDataset images({folder.write("broken.jpg", "no image")},
                            {.size = {.height = 4, .width = 4}});
  const AugmentedDataset data(images, {.views = 3});
  for (int64_t view = 0; view < 3; ++view) {
    const std::string message = testing::error_of([&] { loaded(data, view); });
    EXPECT_NE(message.find("broken.jpg"), std::string::npos) << message;
  }
}

TEST(AugmentedDataset, refuses_what_are_no_images_and_too_few_views) {
  const ArrayDataset vectors(Tensor::zeros({3, 4}), std::vector<int64_t>{0, 1, 2});
  const ArrayDataset images = three_images();
  EXPECT_NE(testing::error_of([&] { AugmentedDataset(vectors, {}); }), "");
  EXPECT_NE(testing::error_of([&] { RandomlyAugmentedDataset(vectors, 1); }), "");
  EXPECT_NE(testing::error_of([&] { AugmentedDataset(images, {.views = 1}); }), "");
  EXPECT_NE(
      testing::error_of([&] { AugmentedDataset(images, {.kind = Views::flipped, .views = 3}); }),
      "");
}

TEST(RandomlyAugmentedDataset, shows_other_views_in_each_epoch_and_the_same_for_the_same) {
  const ArrayDataset images = three_images();
  const RandomlyAugmentedDataset data(images, 3);
  EXPECT_EQ(loaded(data, 1), loaded(images, 1));
  std::set<Pixels> seen{loaded(images, 1)};
  for (const uint64_t seed : {1, 2}) {
    for (int64_t epoch = 0; epoch < 4; ++epoch) {
      const auto shown_then = data.at_epoch(seed, epoch);
      EXPECT_EQ(loaded(*shown_then, 1), loaded(*data.at_epoch(seed, epoch), 1));
      EXPECT_TRUE(seen.insert(loaded(*shown_then, 1)).second) << seed << ' ' << epoch;
      EXPECT_EQ(shown_then->label(1), 1);
      EXPECT_EQ(shown_then->content_key(1), "");
    }
  }
}

}  // namespace
}  // namespace thaw
