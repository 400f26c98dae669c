#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>

#include "support/image_files.h"
#include "thaw/data/idx_file.h"
#include "thaw/data/image_dataset.h"
#include "thaw/data/same_images.h"
#include "thaw/data/source.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::big_endian;
using testing::error_of;
using testing::TemporaryFolder;

std::string idx(const std::vector<uint32_t>& lengths, const std::string& values, char type = 8) {
  std::string bytes{'\0', '\0', type, static_cast<char>(lengths.size())};
  for (const uint32_t length : lengths) bytes += big_endian(length, 4);
  return bytes + values;
}

/// `content` as gzip packs it.
std::string gzip(const TemporaryFolder& folder, const std::string& content) {
  const fs::path file = folder / "packed";
  gzFile stream = gzopen(file.c_str(), "wb9");
  gzwrite(stream, content.data(), static_cast<unsigned>(content.size()));
  gzclose(stream);
  std::ifstream packed(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(packed), {}};
}

/// Values that count up from `first`.
std::string counting(size_t count, int first = 0) {
  std::string values(count, '\0');
  for (size_t i = 0; i < count; ++i) values[i] = static_cast<char>(first + static_cast<int>(i));
  return values;
}

/// Five images of 3 rows and 2 columns with labels 3, 1, 3, 1, 10.
void write_images(const TemporaryFolder& folder, const std::string& before) {
  folder.write(before + "images-idx3-ubyte", idx({5, 3, 2}, counting(30)));
  folder.write(before + "labels-idx1-ubyte", idx({5}, "\3\1\3\1\n"));
}

std::vector<std::string> names(const ImageFolder& listing) {
  std::vector<std::string> result;
  for (const auto& file : listing.files) result.push_back(file.filename().string());
  return result;
}

TEST(IdxSource, images_stand_class_by_class_and_labels_are_their_names) {
  const TemporaryFolder folder;
  write_images(folder, "");
  for (const fs::path& path : {folder.path(), folder / "images-idx3-ubyte"}) {
    const ImageFolder listing = list_source(path);
    EXPECT_EQ(listing.class_names, (std::vector<std::string>{"1", "3", "10"}));
    EXPECT_EQ(listing.labels, (std::vector<int64_t>{0, 0, 1, 1, 2}));
    EXPECT_EQ(names(listing),
              (std::vector<std::string>{"00001", "00003", "00000", "00002", "00004"}));
  }
}

TEST(IdxSource, grey_becomes_rgb_and_colours_stay) {
  const TemporaryFolder folder;
  write_images(folder, "");
  const ImageFolder grey = list_source(folder.path());
  const Image image = read_image(grey.files[0], {}, grey.contents.get());  // image 1
  ASSERT_EQ(image.width, 2);
  ASSERT_EQ(image.height, 3);
  EXPECT_EQ(image.pixels,
            (std::vector<uint8_t>{6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10, 10, 11, 11, 11}));

  const TemporaryFolder coloured;
  coloured.write("images.idx4-ubyte", idx({2, 1, 3, 3}, counting(18)));
  coloured.write("labels.idx1-ubyte", idx({2}, counting(2)));
  const ImageFolder rgb = list_source(coloured.path());
  EXPECT_EQ(read_image(rgb.files[1], {}, rgb.contents.get()).pixels,
            (std::vector<uint8_t>{9, 10, 11, 12, 13, 14, 15, 16, 17}));
}

TEST(IdxSource, gzip_makes_no_difference_and_of_both_one_is_taken) {
  const TemporaryFolder plain;
  write_images(plain, "train-");
  const TemporaryFolder packed;
  for (const char* name : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"}) {
    std::ifstream stream(plain / name, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(stream), {}};
    packed.write(std::string(name) + ".gz", gzip(plain, content));
  }
  const ImageFolder a = list_source(plain.path());
  const ImageFolder b = list_source(packed.path());
  ASSERT_EQ(a.labels, b.labels);
  for (size_t i = 0; i < a.files.size(); ++i) {
    EXPECT_EQ(a.contents->read(a.files[i], 10000), b.contents->read(b.files[i], 10000));
    EXPECT_EQ(ImageDataset(a, {.size = {4, 4}}).content_key(static_cast<int64_t>(i)),
              ImageDataset(b, {.size = {4, 4}}).content_key(static_cast<int64_t>(i)));
  }
  plain.write("train-images-idx3-ubyte.gz", "not looked at");
  EXPECT_EQ(list_source(plain.path()).files, a.files);
}

TEST(IdxSource, names_tell_the_parts) {
  const TemporaryFolder folder;
  write_images(folder, "train-");
  EXPECT_EQ(source_parts(folder.path()),
            (ImageParts{.training = folder / "train-images-idx3-ubyte", .validation = {}}));
  write_images(folder, "t10k-");
  EXPECT_EQ(source_parts(folder.path()),
            (ImageParts{.training = folder / "train-images-idx3-ubyte",
                        .validation = folder / "t10k-images-idx3-ubyte"}));
  EXPECT_NE(error_of([&] { list_source(folder.path()); })
                .find("expected one IDX file of images, received t10k-images-idx3-ubyte, "
                      "train-images-idx3-ubyte: name the one meant"),
            std::string::npos);
  EXPECT_EQ(list_source(folder / "t10k-images-idx3-ubyte").files.size(), 5U);
}

TEST(IdxSource, for_predictions_labels_are_not_needed_and_one_image_can_be_named) {
  const TemporaryFolder folder;
  folder.write("a-images-idx3-ubyte", idx({2, 1, 1}, "ab"));
  folder.write("b-images-idx3-ubyte", idx({1, 1, 1}, "c"));
  const std::vector<fs::path> all{folder.path(), testing::image_path("rgb.png")};
  const ImageFolder listing = list_unlabelled(all);
  EXPECT_EQ(names(listing), (std::vector<std::string>{"00000", "00001", "00000", "rgb.png"}));
  EXPECT_EQ(read_image(listing.files[2], {}, listing.contents.get()).pixels,
            std::vector<uint8_t>(3, 'c'));
  EXPECT_GT(read_image(listing.files[3], {}, listing.contents.get()).width, 1);

  const std::vector<fs::path> one{folder / "a-images-idx3-ubyte" / "00001"};
  EXPECT_EQ(list_unlabelled(one).files, one);
  const std::vector<fs::path> none{folder / "a-images-idx3-ubyte" / "00002"};
  EXPECT_NE(error_of([&] { list_unlabelled(none); }).find("there is no such image"),
            std::string::npos);
}

TEST(IdxSource, a_file_beside_names_the_labels) {
  const TemporaryFolder folder;
  write_images(folder, "");
  folder.write("classes.txt", "zero\r\none\ntwo\nthree\n4\n5\n6\n7\n8\n9\nten");
  EXPECT_EQ(list_source(folder.path()).class_names,
            (std::vector<std::string>{"one", "three", "ten"}));
  folder.write("classes.txt", "zero\none\n");
  EXPECT_NE(error_of([&] {
              list_source(folder.path());
            }).find("expected a name for label 3, received 2 names"),
            std::string::npos);
  folder.write("classes.txt", "zero\nzero\n");
  EXPECT_NE(error_of([&] { list_source(folder.path()); }).find("each once"), std::string::npos);
}

TEST(IdxSource, what_else_lies_there_is_counted_and_same_images_are_found) {
  const TemporaryFolder folder;
  folder.write("images-idx3-ubyte", idx({4, 1, 1}, "abab"));
  folder.write("labels-idx1-ubyte", idx({4}, std::string("\0\1\0\0", 4)));
  folder.write("README.md", "text");
  const ImageFolder listing = list_source(folder.path());
  ASSERT_EQ(listing.skipped.size(), 1U);
  EXPECT_EQ(listing.skipped[0].kind, ".md");
  const SameImagesFound same = find_same_images(listing, nullptr);
  EXPECT_EQ(same.in_two_classes.files, 1);  // b as 1 and as 0
}

TEST(IdxSource, hostile_files_are_told) {
  const TemporaryFolder folder;
  const fs::path file = folder / "images-idx3-ubyte";
  folder.write("labels-idx1-ubyte", idx({4}, counting(4)));
  const auto error = [&](const std::string& content) {
    folder.write("images-idx3-ubyte", content);
    return error_of([&] { list_source(folder.path()); });
  };
  const std::string good = idx({4, 1, 2}, counting(8));
  EXPECT_EQ(error(good), "");
  const auto expect = [&](const std::string& content, const std::string& part) {
    const std::string message = error(content);
    EXPECT_TRUE(message.starts_with(file.string()) || message.starts_with(folder.path().string()))
        << message;
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  expect("", "ends in its header");
  expect(good.substr(0, 10), "ends in its header");
  expect(good.substr(0, 20), "expected 8 values as its header says, received 4");
  expect(good + "x", "received more");
  expect(idx({0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}, "x"), "declares 4294967295×");
  expect(idx({4, 0, 2}, ""), "expected images of axes");
  expect(idx({4, 2}, counting(8)), "expected images of axes");
  expect(idx({4, 1, 1, 2}, counting(8)), "expected images of axes");
  expect(idx({4, 1, 2}, counting(32), 0x0D), "type 8 (unsigned bytes), received 13");
  expect(idx({3, 1, 2}, counting(6)), "expected 3 labels, one an image of images-idx3-ubyte");
  expect("PK\3\4 or anything else", "begins with 50 4b 03 04");
  const std::string packed = gzip(folder, good);
  EXPECT_EQ(error(packed), "");
  expect(packed.substr(0, packed.size() - 6), "is damaged or cut off");
  expect(testing::patched(packed, packed.size() - 8, "abcd"), "is damaged or cut off");
  fs::remove(folder / "labels-idx1-ubyte");
  expect(good, "expected its labels in a file of the same name");
}

TEST(IdxSource, a_small_file_that_unpacks_to_much_is_refused_by_its_header) {
  const TemporaryFolder folder;
  const fs::path file =
      folder.write("images-idx3-ubyte.gz",
                   gzip(folder, idx({0xFFFF, 0xFFFF, 0xFFFF}, std::string(1 << 22, '\0'))));
  EXPECT_NE(error_of([&] { read_idx(file); }).find("is more than the"), std::string::npos);
  const std::vector<fs::path> many{folder.write(
      "many-images-idx3-ubyte.gz", gzip(folder, idx({5000000, 1, 1}, std::string(5000000, 0))))};
  EXPECT_NE(error_of([&] { list_unlabelled(many); }).find("expected at most 4000000 images"),
            std::string::npos);
}

}  // namespace
}  // namespace thaw
