#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "support/image_files.h"
#include "thaw/core/content_hash.h"
#include "thaw/core/error.h"
#include "thaw/data/array_dataset.h"
#include "thaw/data/image_dataset.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::error_of;
using testing::image_bytes;
using testing::image_path;
using testing::TemporaryFolder;

TEST(ContentHash, is_murmur_hash_3) {
  // Values of the mmh3 package 5.2, hash64(…, x64arch=True).
  const auto hash = [](const std::string& text) { return content_hash(testing::bytes_of(text)); };
  EXPECT_EQ(hash(""), "00000000000000000000000000000000");
  EXPECT_EQ(hash("hello"), "cbd8a7b341bd9b025b1e906a48ae1d19");
  EXPECT_EQ(hash("The quick brown fox jumps over the lazy dog"),
            "e34bbc7bbc071b6c7a433ca9c49a9347");
  std::string counting;
  for (char i = 0; i < 33; ++i) counting += i;
  EXPECT_EQ(hash(counting.substr(0, 8)), "47a7e1bdd68e2fc860e6ee02ec31dcc7");
  EXPECT_EQ(hash(counting.substr(0, 9)), "fbb4cb0f6e812d3278de751d0200ffb9");
  EXPECT_EQ(hash(counting.substr(0, 15)), "47231598fd4925e9cd846dee88c67de9");
  EXPECT_EQ(hash(counting.substr(0, 16)), "444924b591903f30ab906456762fe845");
  EXPECT_EQ(hash(counting), "7d41281bfaba461255ac8073a7d6a30b");
}

TEST(ContentHash, tells_every_changed_bit_and_length_apart) {
  const std::string text(100, '\0');
  std::set<std::string> seen;
  for (size_t length = 0; length <= text.size(); ++length)
    seen.insert(content_hash(testing::bytes_of(text.substr(0, length))));
  for (size_t bit = 0; bit < text.size() * 8; ++bit) {
    std::string changed = text;
    changed[bit / 8] = static_cast<char>(1U << (bit % 8));
    seen.insert(content_hash(testing::bytes_of(changed)));
  }
  EXPECT_EQ(seen.size(), text.size() + 1 + text.size() * 8);
}

constexpr ResizeOptions size_8x6{.height = 8, .width = 6};

/// Two classes: "a" of three images, "b" of one.
ImageDataset small_dataset(ImageOptions options) {
  return {ImageFolder{{"a", "b"},
                      {image_path("rgb.png"), image_path("baseline.jpg"), image_path("color24.bmp"),
                       image_path("plain.gif")},
                      {0, 0, 0, 1}},
          std::move(options)};
}

std::vector<float> loaded(const Dataset& data, int64_t index) {
  std::vector<float> values(static_cast<size_t>(data.input_shape().elements()), -999.0F);
  data.load(index, values);
  return values;
}

TEST(ImageDataset, loads_what_decoding_resizing_and_preprocessing_give) {
  const ImageDataset data =
      small_dataset({.size = size_8x6, .preprocessing = preprocessing("caffe")});
  EXPECT_EQ(data.size(), 4);
  EXPECT_EQ(data.input_shape(), (Shape{8, 6, 3}));
  EXPECT_EQ(data.label(0), 0);
  EXPECT_EQ(data.label(3), 1);
  std::vector<float> expected(8 * 6 * 3);
  resize(read_image(image_path("baseline.jpg")), size_8x6, expected);
  preprocessing("caffe").apply(expected);
  EXPECT_EQ(loaded(data, 1), expected);
}

TEST(ImageDataset, for_predictions_has_no_labels) {
  const ImageDataset data(std::vector<fs::path>{image_path("rgb.png")}, {.size = size_8x6});
  EXPECT_EQ(data.size(), 1);
  EXPECT_EQ(data.label(0), -1);
  EXPECT_TRUE(data.class_names().empty());
  EXPECT_EQ(loaded(data, 0).size(), 144U);
}

TEST(ImageDataset, turns_images_upright_unless_told_otherwise) {
  const std::vector<fs::path> files = {image_path("orientation6.png")};
  const ImageDataset upright(files, {.size = size_8x6});
  const ImageDataset stored(files, {.size = size_8x6, .decode = {.apply_orientation = false}});
  EXPECT_NE(loaded(upright, 0), loaded(stored, 0));
}

TEST(ImageDataset, refuses_sizes_that_are_none) {
  for (const ResizeOptions size : {ResizeOptions{0, 224}, ResizeOptions{224, -1},
                                   ResizeOptions{16385, 224}, ResizeOptions{224, INT32_MAX}}) {
    EXPECT_THROW(const ImageDataset data(std::vector<fs::path>{}, {.size = size}), UsageError)
        << size.height << "×" << size.width;
  }
  EXPECT_EQ(error_of([] {
              const ImageDataset data(ImageFolder{}, {.size = {0, 20000}});
            }),
            "image size: expected 1 … 16384 pixels a side, received 0×20000");
}

TEST(ImageDataset, names_the_file_that_cannot_be_read) {
  const TemporaryFolder folder;
  const auto file = folder.write("broken.jpg", image_bytes("baseline.jpg").substr(0, 100));
  const ImageDataset data(std::vector<fs::path>{file, folder.path() / "missing.png"},
                          {.size = size_8x6});
  EXPECT_TRUE(error_of([&] { (void)loaded(data, 0); }).starts_with(file.string() + ": "));
  for (const auto& read : std::vector<std::function<void()>>{[&] { (void)loaded(data, 1); },
                                                             [&] { (void)data.content_key(1); }})
    EXPECT_TRUE(error_of(read).starts_with((folder.path() / "missing.png").string() + ": "));
}

std::string key_of(const fs::path& file, const ImageOptions& options) {
  return ImageDataset(std::vector<fs::path>{file}, options).content_key(0);
}

TEST(ContentKey, is_the_same_for_the_same_bytes_and_options_wherever_they_lie) {
  const TemporaryFolder folder;
  const auto copy = folder.write("copy.jpg", image_bytes("rgb.png"));
  EXPECT_EQ(key_of(copy, {.size = size_8x6}), key_of(image_path("rgb.png"), {.size = size_8x6}));
}

TEST(ContentKey, differs_by_everything_that_changes_pixels) {
  const TemporaryFolder folder;
  const auto file = image_path("rgb.png");
  std::string changed = image_bytes("rgb.png");
  changed.back() = static_cast<char>(changed.back() ^ 1);
  std::set<std::string> keys;
  int count = 0;
  const auto add = [&](const fs::path& path, const ImageOptions& options) {
    keys.insert(key_of(path, options));
    ++count;
  };
  add(file, {.size = size_8x6});
  add(folder.write("changed.png", changed), {.size = size_8x6});
  add(file, {.size = {.height = 6, .width = 8}});
  add(file, {.size = {.height = 8, .width = 6, .aspect_ratio = AspectRatio::crop}});
  add(file, {.size = {.height = 8, .width = 6, .aspect_ratio = AspectRatio::pad}});
  add(file, {.size = size_8x6, .decode = {.apply_orientation = false}});
  add(file, {.size = size_8x6, .decode = {.shortest_side = 100}});
  for (const char* mode : {"tf", "caffe", "torch"})
    add(file, {.size = size_8x6, .preprocessing = preprocessing(mode)});
  Preprocessing swapped = preprocessing("none");
  swapped.channels = ChannelOrder::bgr;
  add(file, {.size = size_8x6, .preprocessing = swapped});
  EXPECT_EQ(static_cast<int>(keys.size()), count);
}

TEST(ContentKey, is_the_same_for_a_preprocessing_by_name_and_by_its_numbers) {
  constexpr float scale = 1.0F / 127.5F;
  const Preprocessing numbers{.scale = {scale, scale, scale}, .offset = {-1, -1, -1}};
  const auto file = image_path("rgb.png");
  EXPECT_EQ(key_of(file, {.size = size_8x6, .preprocessing = preprocessing("tf")}),
            key_of(file, {.size = size_8x6, .preprocessing = numbers}));
}

Tensor rows(int64_t count) {
  Tensor x(Shape{count, int64_t{2}});
  for (size_t i = 0; i < x.values().size(); ++i) x.values()[i] = static_cast<float>(i);
  return x;
}

TEST(ArrayDataset, gives_samples_labels_and_targets) {
  const ArrayDataset data(rows(3), std::vector<int64_t>{2, 0, 2});
  EXPECT_EQ(data.size(), 3);
  EXPECT_EQ(data.input_shape(), (Shape{2}));
  EXPECT_EQ(data.class_names(), (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(loaded(data, 1), (std::vector<float>{2, 3}));
  EXPECT_EQ(data.target_shape(), Shape{});

  const ArrayDataset with_targets(rows(3), rows(3));
  EXPECT_EQ(with_targets.label(0), -1);
  EXPECT_EQ(with_targets.target_shape(), (Shape{2}));
  std::vector<float> target(2);
  with_targets.target(2, target);
  EXPECT_EQ(target, (std::vector<float>{4, 5}));
}

TEST(ArrayDataset, keys_are_the_samples_values) {
  Tensor x = rows(3);
  x.values()[4] = 0;
  x.values()[5] = 1;
  const ArrayDataset data(x);
  EXPECT_EQ(data.content_key(0), data.content_key(2));
  EXPECT_NE(data.content_key(0), data.content_key(1));
}

TEST(ArrayDataset, counts_that_differ_and_negative_labels_are_refused) {
  EXPECT_EQ(error_of([] {
              const ArrayDataset data(rows(3), std::vector<int64_t>{0, 1});
            }),
            "dataset: expected 3 labels, received 2");
  EXPECT_EQ(error_of([] { const ArrayDataset data(rows(3), rows(2)); }),
            "dataset: expected 3 targets, received 2");
  EXPECT_EQ(error_of([] { const ArrayDataset data(rows(1), std::vector<int64_t>{-1}); }),
            "dataset: a label is negative: -1");
}

}  // namespace
}  // namespace thaw
